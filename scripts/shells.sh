#!/bin/sh
# Installs the shells and terminals that tests start, from Debian's packages, when this is root and something is missing.
# Never fails: what can't be had is named, and its tests count as skipped. Asks nothing and waits at most a few minutes.
set -u

say() { printf '%s\n' "$*"; }
have() { command -v "$1" >/dev/null 2>&1; }

# program:package. Without its package a shell of the second list is simply not to be had here.
wanted="bash:bash zsh:zsh fish:fish ksh:ksh tcsh:tcsh dash:dash tmux:tmux"
rare="nu:nushell pwsh:powershell"

missing_of() {
  for pair in $1; do have "${pair%%:*}" || printf '%s ' "$pair"; done
}

packages_of() {
  for pair in $1; do printf '%s ' "${pair#*:}"; done
}

can_install() { [ "$(id -u)" = 0 ] && have apt-get; }

# Only what the lists that are already here know: nobody is asked over the network.
known_of() {
  [ -n "$1" ] || return 0
  known=$(apt-cache show $(packages_of "$1") 2>/dev/null | grep '^Package: ')
  for pair in $1; do
    case $known in *"Package: ${pair#*:}"*) printf '%s ' "$pair" ;; esac
  done
}

# Ubuntu and Debian ask questions at some installs; a dead network is given up soon.
apt() {
  DEBIAN_FRONTEND=noninteractive timeout "$1" apt-get -q -y \
    -o Acquire::http::Timeout=10 -o Acquire::https::Timeout=10 -o Acquire::Retries=0 -o DPkg::Lock::Timeout=30 "$2" \
    $3 </dev/null >"$log" 2>&1
}

missing=$(missing_of "$wanted")
if can_install; then
  install="$missing$(known_of "$(missing_of "$rare")")"
  if [ -n "$install" ]; then
    log=$(mktemp)
    packages=$(packages_of "$install")
    say "  installing for the tests: $packages"
    apt 180 install "--no-install-recommends $packages" || {
      apt 60 update "" && apt 180 install "--no-install-recommends $packages"
    } || say "  not all could be installed: $(grep -m 1 '^E:' "$log" || echo 'no answer in time')"
    rm -f "$log"
    missing=$(missing_of "$wanted")
  fi
fi
names=
for pair in $missing $(missing_of "$rare"); do names="$names ${pair%%:*}"; done
[ -z "$names" ] || say "  not on this machine, so their tests are skipped:$names"
exit 0
