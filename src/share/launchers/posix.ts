import { clearedVariables, launcherMark } from "./launcher.ts";

/** Finds the publication that a launcher lies in: `$base`. Follows links to itself, and a link to its directory. */
export const findBase = `self=$0
case $self in */*) ;; *) self=./$self ;; esac
while [ -h "$self" ]; do
  link=$(readlink "$self")
  case $link in /*) self=$link ;; *) self=\${self%/*}/$link ;; esac
done
bin=\${self%/*}
case $bin in /*) ;; *) bin=$(CDPATH= cd -- "\${bin:-/}" && pwd) ;; esac
base=\${bin%/*}
[ -f "$base/publication.json" ] || base=$(CDPATH= cd -P -- "\${bin:-/}/." && cd -P .. && pwd)
`;

/** What goes before every program: Python finds its own files, and only those. */
export const clearPython = `unset ${clearedVariables.join(" ")}
PYTHONNOUSERSITE=1
export PYTHONNOUSERSITE
`;

/**
 * Says that a release is used: in `leases/<n>`, by a file that names the machine, the process and its start, and holds which machine
 * since which start that is. Nothing is started for it; who may not write goes on.
 */
export const takeLease = `started() {
  start=
  { read -r stat < "/proc/$1/stat"; } 2>/dev/null || return 0
  set -f
  set -- \${stat##*") "}
  set +f
  [ $# -lt 20 ] || { shift 19; start=$1; }
}
lease() {
  [ -w "$base/leases/$release" ] || return 0
  host= boot=
  { read -r host < /proc/sys/kernel/hostname; read -r boot < /proc/sys/kernel/random/boot_id; } 2>/dev/null || host=$(uname -n)
  started 1
  init=$start
  started $$
  set -C
  { printf '%s\\n' "$boot $init" > "$base/leases/$release/$host.$$.\${start:-0}"; } 2>/dev/null
  set +C
}
lease
`;

/** The launcher of a program for a POSIX shell: three files are read, nothing is started but the program. */
export function posixLauncher(program: string): string {
  return `#!/bin/sh
# Starts ${program} of the current release. ${launcherMark}; lies in the publication and finds it from there.
${findBase}tries=0
while :; do
  release=
  { read -r release rest < "$base/current.txt"; } 2>/dev/null
  case $release in
    '' | *[!0-9]*)
      echo "${program}: $base has no current release, or can't be read" >&2
      exit 127
      ;;
  esac
  program=$base/releases/$release/bin/${program}
  [ ! -x "$program" ] || break
  tries=$((tries + 1))
  if [ -d "$base/releases/$release" ] || [ $tries -gt 3 ]; then
    echo "${program}: not in release $release of $base" >&2
    exit 127
  fi
done
${takeLease}${clearPython}exec "$program" "$@"
`;
}
