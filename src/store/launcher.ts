import type { EntryPoint } from "./entry-points.ts";

/** A file for a tree's scripts directory. */
export interface ScriptFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/*
 * A program that sh and Python both read. sh sees a call of `:` and then starts the `python` beside the real place of the
 * script, found without help of other programs unless the script was reached through a symbolic link. Python sees one
 * string. No path is written into it, so it may lie in a store, move with its tree, hold blanks and be of any length;
 * the kernel's limit for the first line doesn't matter.
 */
const shellPart = `#!/bin/sh
''':'
self=$0
case $self in */*) ;; *) self=./$self ;; esac
while [ -h "$self" ]; do
  link=$(readlink "$self")
  case $link in /*) self=$link ;; *) self=\${self%/*}/$link ;; esac
done
exec "\${self%/*}/python" "$0" "$@"
'''
`;

/** On Windows the console starts the `.cmd` beside the program that it calls. */
function windowsFiles(name: string, program: string | Uint8Array, kind: EntryPoint["kind"]): ScriptFile[] {
  const python = kind === "gui" ? "pythonw.exe" : "python.exe";
  const text = `@"%~dp0${python}" "%~dp0${name}-script.py" %*\r\n`;
  return [
    { name: `${name}.cmd`, content: Buffer.from(text) },
    { name: `${name}-script.py`, content: Buffer.from(program) },
  ];
}

/** The files that make an entry point a program. */
export function entryPointScripts(entryPoint: EntryPoint, { windows }: { readonly windows: boolean }): ScriptFile[] {
  const { name, kind, module, attribute } = entryPoint;
  const [imported = attribute] = attribute.split(".");
  const program = `import sys
from ${module} import ${imported}
if __name__ == "__main__":
    sys.exit(${attribute}())
`;
  if (windows) return windowsFiles(name, program, kind);
  return [{ name, content: Buffer.from(shellPart + program) }];
}

const marker = "# ---- the script itself ----\n";
/*
 * A script keeps its own docstring, `from __future__` lines and line numbers only when it is compiled by itself: after
 * the shell part they would no longer stand at the beginning.
 */
const loadPart = `__doc__ = None
with open(__file__, "rb") as file:
    script = file.read().split(b"${marker.slice(0, -1)}" + b"\\n", 1)[1]
del file
exec(compile(globals().pop("script"), __file__, "exec"))
${marker}`;

/**
 * The form of a script of the wheel (`*.data/scripts`) that works in any tree: `#!python` is replaced (PEP 427), the
 * rest stays. `undefined` when it doesn't begin with `#!python`: then it is taken as it is.
 */
export function rewriteScript(
  name: string,
  content: Uint8Array,
  { windows }: { readonly windows: boolean },
): ScriptFile[] | undefined {
  const first = Buffer.from(content.subarray(0, 200)).toString("latin1").split("\n")[0] ?? "";
  if (!/^#!python/.test(first)) return undefined;
  const isGui = first.startsWith("#!pythonw");
  const body = content.subarray(Math.min(content.length, first.length + 1));
  if (windows) return windowsFiles(name.replace(/\.pyw?$/, ""), body, isGui ? "gui" : "console");
  return [{ name, content: Buffer.concat([Buffer.from(shellPart + loadPart), body]) }];
}
