#!/bin/sh
# Builds nats-server and influxd from the Go module registry, pinned by go.sum, into the user's cache;
# does nothing where they are there. Prints the folder. Needs Go and cargo.
set -eu
cd "$(dirname "$0")"

hash=$(node -p 'crypto.createHash("sha256").update(fs.readFileSync("go.sum")).digest("hex").slice(0, 16)')
cache="${XDG_CACHE_HOME:-$HOME/.cache}/meterhound/servers/$hash"

if [ ! -x "$cache/nats-server" ] || [ ! -x "$cache/influxd" ]; then
  for tool in go cargo; do
    command -v "$tool" >/dev/null || { echo "building the test servers takes $tool" >&2; exit 1; }
  done
  build="$cache.$$"
  trap 'rm -rf "$build"' EXIT
  mkdir -p "$build"
  # The query engine's Rust part pins an old toolchain and denies warnings of newer ones; RUSTFLAGS
  # does not reach its build dependencies, a wrapper does.
  printf '#!/bin/sh\nexec "$@" --cap-lints warn\n' >"$build/rustc-wrapper"
  chmod +x "$build/rustc-wrapper"
  GOBIN="$build" go install github.com/influxdata/pkg-config >&2
  GOBIN="$build" PKG_CONFIG="$build/pkg-config" \
    RUSTUP_TOOLCHAIN="${RUSTUP_TOOLCHAIN:-stable}" RUSTC_WRAPPER="$build/rustc-wrapper" \
    go install -tags sqlite_foreign_keys,sqlite_json tool >&2
  mkdir -p "$cache"
  # Last, and by renaming: whoever finds them finds them whole.
  mv "$build/influxd" "$cache/influxd"
  mv "$build/nats-server" "$cache/nats-server"
fi
echo "$cache"
