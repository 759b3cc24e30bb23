#!/usr/bin/env bash
# verbs.sh PREFIX FOLDER: every verb of `lotctl connector` once, on a connector that was just made.
set -euo pipefail
prefix=$1 folder=$2
export PATH="$prefix/bin:$PATH" CMAKE_PREFIX_PATH="$prefix"
rm -rf "$folder" && mkdir -p "$folder" && cd "$folder"
says() { # says TEXT COMMAND...: its output has that text
  local text=$1 output
  shift
  output=$("$@" 2>&1) || { echo "$output"; echo "failed: $*"; exit 1; }
  grep -qF -- "$text" <<<"$output" || { echo "$output"; echo "'$text' is missing: $*"; exit 1; }
}

says 'Next:' lotctl connector new acme
cd acme
cmake -B build >cmake.log
cmake --build build -j 2 >build.log || { cat build.log; exit 1; }
ctest --test-dir build --output-on-failure --no-tests=error
file=build/connectors/acme/acme.so

says 'storefront' lotctl connector describe "$file"
says '"id": "acme"' lotctl connector describe "$file" --json
says 'status ok' lotctl connector replay "$file" cassettes/orders_pull.yaml
says 'status ok' lotctl connector replay "$file" cassettes/lots_write.yaml --in-process
says '{"account":"Demo"}' lotctl connector run "$file" account.check --cassette cassettes/account_check.yaml \
  --config <(echo 'settings: {account: demo}')
says 'failed 0' lotctl connector dev . --once
says '"failed":0' lotctl connector validate "$file" --with . --json
lotctl connector validate "$file" --with . --junit report.xml --include '^faults/' --only-failed
grep -q '<testsuite name="acme"' report.xml
says 'failed 0' lotctl connector validate "$file" --with . --fuzz 1s --include '^fuzz/' --exclude leak
says 'failed 0' lotctl connector validate "$file" --with . --in-process --include '^records/'

# Against a platform: `check` and `record` speak HTTP.
python=$(command -v python3 || true)
if [[ -n $python ]]; then
  "$python" - <<'PYTHON' &
import http.server
class Platform(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b'{"name": "Demo", "email": "ann@example.org"}'
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
server = http.server.HTTPServer(('127.0.0.1', 0), Platform)
open('port', 'w').write(str(server.server_port))
server.serve_forever()
PYTHON
  server=$!
  trap 'kill $server' EXIT
  until [[ -s port ]]; do sleep 0.05; done
  export ACME_TOKEN=not-a-real-token
  printf 'name: acme-eu\nsettings: {account: demo, base_url: "http://127.0.0.1:%s"}\nsecrets: {token: "${ACME_TOKEN}"}\n' \
    "$(cat port)" >live.yaml
  says '{"account":"Demo"}' lotctl connector check "$file" --config live.yaml
  says 'status ok' lotctl connector record "$file" account.check --config live.yaml --out recorded/account_check.yaml
  grep -q '{{secret:token}}' recorded/account_check.yaml
  if grep -qE 'not-a-real-token|ann@example.org' recorded/account_check.yaml; then
    echo 'a secret or a person was recorded'
    exit 1
  fi
  says 'status ok' lotctl connector replay "$file" recorded/account_check.yaml
fi

openssl genpkey -algorithm ed25519 -out private.pem 2>/dev/null
openssl pkey -in private.pem -pubout -out public.pem
says 'acme-0.1.0.tar' lotctl connector pack "$file" --key private.pem
says 'acme/0.1.0' lotctl connector install acme-0.1.0.tar --into site --key public.pem
says 'site/acme/0.1.0/acme.so' lotctl connector list --connector-path site
# A changed file is not taken.
tar xf acme-0.1.0.tar && echo x >>acme/0.1.0/descriptor.json && tar cf bad.tar acme
if lotctl connector install bad.tar --into other; then
  echo 'a changed archive was installed'
  exit 1
fi
echo 'every verb did what it says'
