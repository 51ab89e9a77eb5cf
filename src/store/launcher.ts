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

/**
 * On Windows the console starts the `.cmd` beside the program that it calls. In a virtual environment Python stands beside it, in a tree
 * that carries its own one level up. No parentheses: what the person typed may hold one.
 */
function windowsFiles(name: string, program: string | Uint8Array, kind: EntryPoint["kind"]): ScriptFile[] {
  const python = kind === "gui" ? "pythonw.exe" : "python.exe";
  const lines = [
    `@if not exist "%~dp0${python}" goto above`,
    `@"%~dp0${python}" "%~dp0${name}-script.py" %*`,
    "@exit /b %ERRORLEVEL%",
    ":above",
    `@"%~dp0..\\${python}" "%~dp0${name}-script.py" %*`,
    "@exit /b %ERRORLEVEL%",
  ];
  return [
    { name: `${name}.cmd`, content: Buffer.from(lines.map((line) => `${line}\r\n`).join("")) },
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

/*
 * A script would lose its docstring and its `from __future__` lines after the shell part: they must come first. So it is
 * compiled by itself, out of a string that stands on the same lines of the file as in tracebacks.
 */
function scriptPart(body: string): string {
  const lines = shellPart.split("\n").length;
  const quoted = body.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\r", "\\r").replaceAll("\0", "\\0");
  return `__doc__ = None
exec(compile("\\n" * ${lines} + '''
${quoted}''', __file__, "exec"))
`;
}

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
  const text = decode(body);
  // A script in an old encoding keeps its bytes, and so also its first comment, which names the encoding.
  if (text === undefined) return [{ name, content: Buffer.concat([Buffer.from(shellPart), body]) }];
  return [{ name, content: Buffer.from(shellPart + scriptPart(text)) }];
}

function decode(body: Uint8Array): string | undefined {
  const head = Buffer.from(body.subarray(0, 400)).toString("latin1").split("\n").slice(0, 2).join("\n");
  const encoding = /^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)/m.exec(head)?.[1];
  if (encoding !== undefined && !/^utf[-_]?8$/i.test(encoding)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}
