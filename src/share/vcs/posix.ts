import { launcherMark } from "../launchers/launcher.ts";
import { clearPython, findBase } from "../launchers/posix.ts";

/** How long an unpacked release stays that nobody starts; a launcher looks when it unpacks another one, `venvoy clean` when it is typed. */
const forgetDays = 90;

/**
 * The launcher of a program for a POSIX shell. A start whose release is unpacked reads one file, notes in the tree that it is used,
 * and starts nothing but the program; the first one unpacks the archive beside its place, compares its digest, and renames it: whoever comes
 * at once waits or does the same.
 */
export function posixUnpacker(program: string, name: string): string {
  return `#!/bin/sh
# Starts ${program} of the current release, unpacked once for each person and machine. ${launcherMark}.
${findBase}die() { echo "${program}: $*" >&2; exit 127; }
release= file= sha= platform=
{ read -r release file sha platform rest < "$base/current.txt"; } 2>/dev/null
case $release in '' | *[!0-9]*) die "$base has no current release, or can't be read" ;; esac
case $file in '' | */* | .*) die "$base/current.txt is damaged" ;; esac
case $sha in *[!0-9a-f]*) die "$base/current.txt is damaged" ;; esac
[ \${#sha} -eq 64 ] || die "$base/current.txt is damaged"
if [ -n "\${VENVOY_HOME:-}" ]; then cache=$VENVOY_HOME/cache
elif [ -n "\${XDG_CACHE_HOME:-}" ]; then cache=$XDG_CACHE_HOME/venvoy
elif [ -d "\${HOME:-}/Library/Caches" ]; then cache=$HOME/Library/Caches/venvoy
else cache=\${HOME:-/nowhere}/.cache/venvoy
fi
cache=$cache/unpacked
key=${name}-$release-\${sha%????????????????????????????????????????????????}
tree=$cache/$key
digest() {
  if command -v sha256sum >/dev/null 2>&1; then got=$(sha256sum < "$1")
  elif command -v shasum >/dev/null 2>&1; then got=$(shasum -a 256 < "$1")
  elif command -v openssl >/dev/null 2>&1; then got=$(openssl dgst -sha256 < "$1")
  else die "no sha256sum, shasum or openssl is here to check $file with"
  fi
  got=\${got##*= }
  got=\${got%% *}
}
unpack() {
  cr=$(printf '\\r')
  platform=\${platform%"$cr"}
  case $platform in
    linux-*) [ "$(uname -s)" = Linux ] || die "release $release of $base is for $platform" ;;
    macos-*) [ "$(uname -s)" = Darwin ] || die "release $release of $base is for $platform" ;;
    windows-*) die "release $release of $base is for $platform" ;;
  esac
  [ -f "$base/$file" ] || die "$base/$file is not here: get it from version control"
  stage=$(mktemp -d "$cache/.stage-XXXXXX" 2>/dev/null) || die "can't write to $cache; set XDG_CACHE_HOME to a directory where you may write"
  trap 'rm -rf "$stage" "\${lock:-$stage}"' EXIT
  trap 'exit 130' HUP INT TERM
  echo "${program}: unpacking release $release of ${name}, once on this machine" >&2
  # The copy that is compared is the one that is unpacked.
  cp "$base/$file" "$stage/archive" || die "can't copy $base/$file to $cache"
  digest "$stage/archive"
  [ "$got" = "$sha" ] || die "$base/$file is damaged, or not wholly here: get it from version control again"
  tar -xzf "$stage/archive" -C "$stage" || die "can't unpack $base/$file to $cache"
  mv "$stage/\${file%.tar.gz}" "$stage/$key" || die "$base/$file holds something else"
  # Its name says that it is whole: after a crash, too. Not every sync knows how to do that for one disk.
  sync -f "$stage/$key" 2>/dev/null || :
  # A rename onto a directory that is there fails: then somebody else was first, with the same.
  mv -f "$stage/$key" "$cache/" 2>/dev/null || [ -d "$tree" ] || die "can't write to $cache"
  rm -rf "$stage"
  forget
  trap - EXIT HUP INT TERM
}
# Other releases of this that nobody here has started for so long go, unless something runs from them, and what killed starts left.
forget() {
  for old in "$cache/${name}"-[0-9]*-????????????????; do
    [ "$old" != "$tree" ] && [ -n "$(find "$old/.venvoy/used" -mtime +${forgetDays} 2>/dev/null)" ] || continue
    ! ls -l /proc/[0-9]*/exe 2>/dev/null | grep -qF " -> $old/" || continue
    mv "$old" "$stage.old" 2>/dev/null && rm -rf "$stage.old"
  done
  for old in "$cache"/.stage-*; do
    [ -z "$(find "$old" -prune -mtime +1 2>/dev/null)" ] || rm -rf "$old"
  done
}
first() {
  mkdir -p "$cache" 2>/dev/null || die "can't write to $cache; set XDG_CACHE_HOME to a directory where you may write"
  lock=$tree.lock
  tries=0
  until mkdir "$lock" 2>/dev/null; do
    [ ! -d "$tree" ] || return 0
    pid= host=
    { read -r pid host < "$lock/who"; } 2>/dev/null
    # Waits for a process of this machine only, and only while it lives; else it does the same work beside it.
    if [ -z "$pid" ]; then tries=$((tries + 1)); [ $tries -lt 3 ] || { lock=; break; }
    elif [ "$host" != "$(uname -n)" ] || ! kill -0 "$pid" 2>/dev/null; then lock=; break
    fi
    sleep 1
  done
  [ -z "$lock" ] || { echo "$$ $(uname -n)" > "$lock/who"; } 2>/dev/null
  [ -d "$tree" ] || unpack
  rm -rf "$tree.lock"
}
[ -d "$tree" ] || first
program=$tree/bin/${program}
[ -x "$program" ] || die "not in release $release of $base"
{ echo used > "$tree/.venvoy/used"; } 2>/dev/null
${clearPython}exec "$program" "$@"
`;
}
