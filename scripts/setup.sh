#!/bin/sh
# Makes a fresh checkout ready: `setup.sh packages` installs the packages, `setup.sh binary` also builds the binary,
# `setup.sh library` the package of JavaScript and types instead.
# Safe to run from several terminals at once: one works, the others wait for it.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }
if ! command -v node >/dev/null 2>&1; then
  say "venvoy: Node is not installed; venvoy is built with Node 20.19 or newer"
  exit 1
fi
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' || {
  say "venvoy: Node $(node --version) is too old; venvoy is built with Node 20.19 or newer"
  exit 1
}

lock=.venvoy-build
waited=0
while ! mkdir "$lock" 2>/dev/null; do
  owner=$(cat "$lock/pid" 2>/dev/null || true)
  if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then
    rm -rf "$lock"
    continue
  fi
  if [ -z "$owner" ] && [ "$waited" -ge 10 ]; then
    rm -rf "$lock"
    continue
  fi
  [ "$waited" -ne 2 ] || say "  waiting for another build of this checkout (process ${owner:-unknown})"
  sleep 1
  waited=$((waited + 1))
done
echo $$ >"$lock/pid"
trap 'rm -rf "$lock"' EXIT INT TERM

started=$(date +%s)
told=
tell() {
  [ -n "$told" ] || printf '  getting venvoy ready (once):' >&2
  told=1
  printf ' %s …' "$1" >&2
}

log=$(mktemp)
quietly() {
  "$@" >"$log" 2>&1 || {
    printf '\n' >&2
    cat "$log" >&2
    rm -f "$log"
    exit 1
  }
}

if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.venvoy-ready ]; then
  tell packages
  # Not `npm ci`: it refuses a lock file made where the registry lacks other platforms' optional packages. The lock's
  # versions and digests hold all the same, and it is not written.
  quietly npm install --no-save --no-audit --no-fund --loglevel=error
  : >node_modules/.venvoy-ready
fi
if [ "${1:-}" = binary ]; then
  if [ ! -x dist/venvoy ] || [ -n "$(find src package-lock.json scripts/build.mjs -newer dist/venvoy -print -quit 2>/dev/null)" ]; then
    tell build
    quietly node scripts/build.mjs binary
  fi
fi
if [ "${1:-}" = library ]; then
  if [ ! -f dist/types/index.d.ts ] || [ -n "$(find src package-lock.json scripts/build.mjs tsconfig.types.json -newer dist/types/index.d.ts -print -quit 2>/dev/null)" ]; then
    tell library
    quietly node scripts/build.mjs npm
  fi
fi
rm -f "$log"
[ -z "$told" ] || printf ' %s s\n' "$(($(date +%s) - started))" >&2
