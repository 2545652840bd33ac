#!/usr/bin/env bash
# Unmodified Python clients against a running server. Further arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/../.."
PATH="$PWD/node_modules/.bin:$PATH"

python=.venv/bin/python
requirements=test/clients/requirements.txt
installed=.venv/test-clients-requirements.txt

if ! cmp --silent "$requirements" "$installed"; then
  [ -x "$python" ] || python3 -m venv .venv
  log=$(mktemp)
  if ! "$python" -m pip install --quiet --disable-pip-version-check --retries 1 --timeout 15 \
    -r "$requirements" 2>"$log"; then
    cat "$log" >&2
    # Anything but an unreachable index is a mistake of ours.
    grep -qiE 'connection|resolution|unreachable|timed out' "$log" || exit 1
    echo 'skipped: PyPI is not reachable'
    exit 0
  fi
  rm -f "$log"
  cp "$requirements" "$installed"
fi

folder=$(mktemp -d)
server=
tests=
finish() {
  trap - EXIT INT TERM
  [ -z "$tests" ] || kill -TERM -- "-$tests" 2>/dev/null || true
  if [ -n "$server" ]; then
    kill -TERM -- "-$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Each job gets a process group of its own, so that npm's children end with it.
set -m
npm start -- --json --port 0 --data "$folder/data" >"$folder/ready" 2>"$folder/log" &
server=$!
for _ in $(seq 600); do
  if grep -qs '^{' "$folder/ready"; then break; fi
  if ! kill -0 "$server" 2>/dev/null; then break; fi
  sleep 0.2
done
if ! grep -qs '^{' "$folder/ready"; then
  cat "$folder/log" >&2
  echo 'the server did not start' >&2
  exit 1
fi

export TAXII_EDGE_READY XDG_STATE_HOME="$folder/state" PYTHONDONTWRITEBYTECODE=1
TAXII_EDGE_READY=$(grep '^{' "$folder/ready")
# Content and published examples that are no part of the project.
export TAXII_EDGE_SHARED="${TAXII_EDGE_SHARED:-$(dirname "$PWD")/shared}"
published=$TAXII_EDGE_SHARED/seed/objects-endpoint.txt
if [ ! -f "$published" ]; then
  echo "left out: the comparison with the published contract, without $published"
else
  url=$(node -p 'JSON.parse(process.env.TAXII_EDGE_READY).url')
  node test/contract/compare-published.ts "$url/api/openapi.json" "$published"
fi

"$python" -m pytest -p no:cacheprovider test/clients "$@" &
tests=$!
status=0
wait "$tests" || status=$?
tests=
[ "$status" -eq 0 ] || tail -n 20 "$folder/log" >&2
exit "$status"
