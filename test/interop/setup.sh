#!/bin/sh
# Installs the LiteLLM SDK from the Python registry into a virtual environment in the user's cache;
# does nothing where it is there. Prints the folder. Needs Python 3.10 or later with venv.
set -eu
cd "$(dirname "$0")"

hash=$(node -p 'crypto.createHash("sha256").update(fs.readFileSync("requirements.txt")).digest("hex").slice(0, 16)')
cache="${XDG_CACHE_HOME:-$HOME/.cache}/meterhound/interop/$hash"

# Written last: whoever finds it finds everything.
if [ ! -f "$cache/ready" ]; then
  command -v python3 >/dev/null || { echo "the LiteLLM test takes python3" >&2; exit 1; }
  python3 -m venv --clear "$cache"
  "$cache/bin/python" -m pip install --quiet --disable-pip-version-check -r requirements.txt >&2
  touch "$cache/ready"
fi
echo "$cache"
