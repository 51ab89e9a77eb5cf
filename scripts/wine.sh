#!/bin/sh
# Installs what the Windows suite runs on, from Debian's packages, when this is root and it is missing. Never fails: without
# it the suite's tests count as skipped, and say so.
set -u

command -v wine >/dev/null 2>&1 && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  printf '%s\n' "  wine is not installed, and only root can install it: the Windows suite is skipped"
  exit 0
fi
log=$(mktemp)
apt() {
  DEBIAN_FRONTEND=noninteractive timeout "$1" apt-get -q -y \
    -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 -o DPkg::Lock::Timeout=60 "$2" $3 </dev/null >"$log" 2>&1
}
printf '%s\n' "  installing for the Windows suite: wine wine64 (once, about 150 MB)"
apt 600 install "--no-install-recommends wine wine64" || {
  apt 120 update "" && apt 600 install "--no-install-recommends wine wine64"
} || printf '%s\n' "  it could not be installed: $(grep -m 1 '^E:' "$log" || echo 'no answer in time')"
rm -f "$log"
exit 0
