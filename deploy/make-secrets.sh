#!/usr/bin/env bash
# Makes the secrets that docker-compose.yml reads, once; a secret that is there stays as it is.
# usage: deploy/make-secrets.sh [FOLDER] [TENANT.GATEWAY ...]
set -euo pipefail
umask 077
folder=${1:-"$(dirname "$0")/secrets"}
shift || true
mkdir -p "$folder"

secret() { [ -s "$folder/$1" ] || openssl rand -hex 24 >"$folder/$1"; }
for name in nats_password nats_setup_password influx_password influx_admin_token digest_key api_token; do
  secret "$name"
done

# Workers write what they fold and never change a stream; setup creates streams and is not used at run time;
# a gateway publishes its own tenant and gateway, and hears nothing but its answers.
users() {
  local api='$JS.API.STREAM' denied='' stream
  for verb in DELETE UPDATE RESTORE; do denied+="\"$api.$verb.>\", "; done
  for stream in USAGE_IN USAGE FINDINGS QUARANTINE; do
    denied+="\"$api.PURGE.$stream\", \"$api.MSG.DELETE.$stream\", "
  done
  echo 'accounts {'
  echo '  METERHOUND {'
  echo '    jetstream: enabled'
  echo '    users: ['
  echo "      { user: meterhound, password: \"$(cat "$folder/nats_password")\", permissions: { publish: { deny: [${denied%, }] } } }"
  echo "      { user: setup, password: \"$(cat "$folder/nats_setup_password")\" }"
  for gateway in "$@"; do
    secret "gateway_$gateway"
    echo "      { user: \"$gateway\", password: \"$(cat "$folder/gateway_$gateway")\", permissions: { publish: [\"usage.in.$gateway\"], subscribe: [\"_INBOX_$gateway.>\"] } }"
  done
  echo '    ]'
  echo '  }'
  echo '}'
}
users "$@" >"$folder/nats_users.conf"
echo "secrets are in $folder"
