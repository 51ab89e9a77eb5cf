import { nearest, printable } from "../base/index.ts";
import { normalizeName } from "../pep/index.ts";
import { glibcHint } from "./library-hint.ts";
import {
  hostModules,
  mistakenModules,
  packageOfModule,
  python2Modules,
  removedModules,
  standardModules,
} from "./module-names.ts";
import { python2NameHint, syntaxHint } from "./syntax-hint.ts";

/** What Python says about an error; made by `assets/venvoy_hint.py`. */
export interface CrashFacts {
  /** The class's bare name: `ModuleNotFoundError`. */
  readonly exceptionType: string;
  readonly message: string;
  /** The module that was not found, or the name that is not defined. */
  readonly name?: string;
  /** The file with the syntax error. */
  readonly filename?: string;
  readonly line?: number;
  /** The faulty line of a syntax error. */
  readonly text?: string;
  /** The file that an import came from. */
  readonly path?: string;
  /** What the error was raised from, nearest first. */
  readonly causes?: readonly CrashFacts[];
}

/** What is known about the machine and the environment; everything is optional. */
export interface HintFacts {
  /** Installed distributions with their top-level modules. */
  readonly installed?: readonly { readonly name: string; readonly topLevel: readonly string[] }[];
  /** What the names of packages are appended to: `venvoy add -n demo`, `venvoy add --script a.py`; else `venvoy add`. */
  readonly add?: string;
  /** The Python that ran, `3.11.7`. */
  readonly pythonVersion?: string;
  /** Interpreters on this machine. */
  readonly pythons?: readonly { readonly version: string; readonly executable: string }[];
  /** The machine's glibc, `2.36`; undefined on musl, macOS and Windows. */
  readonly glibc?: string;
  /** Further modules of hosts, beside the table that venvoy has: module -> host. */
  readonly hostModules?: ReadonlyMap<string, string>;
}

/**
 * At most one line that helps after a crash: what to install, what to write, where a module lives, which Python or C
 * library is missing. Undefined when nothing is known that Python's own message does not say. Safe for a terminal.
 */
export function crashHint(crash: CrashFacts, facts: HintFacts = {}): string | undefined {
  for (const fault of [crash, ...(crash.causes ?? [])]) {
    const hint = hintFor(fault, facts);
    if (hint !== undefined) return printable(hint, { newlines: false });
  }
  return undefined;
}

function hintFor(crash: CrashFacts, facts: HintFacts): string | undefined {
  switch (crash.exceptionType) {
    case "ModuleNotFoundError":
      return missingModule(crash.name ?? /No module named '([^']+)'/.exec(crash.message)?.[1], facts);
    case "ImportError":
      return (
        glibcHint(crash, facts) ??
        shadowHint(crash, facts) ??
        missingModule(/No module named '?([\w.]+)/.exec(crash.message)?.[1], facts)
      );
    case "OSError":
      return glibcHint(crash, facts);
    case "SyntaxError":
    case "TabError":
    case "IndentationError":
      return syntaxHint(crash, facts);
    case "NameError":
      return python2NameHint(crash.name ?? /name '([^']+)'/.exec(crash.message)?.[1], facts);
    default:
      return undefined;
  }
}

/** The tables first, then what is installed, then typing errors, then the plain way to get it. */
function missingModule(module: string | undefined, facts: HintFacts): string | undefined {
  const [top = ""] = module?.split(".") ?? [];
  if (module === undefined || !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(top) || module.length > 100) return undefined;
  const host = facts.hostModules?.get(top) ?? hostModules.get(top)?.replaceAll("_", " ");
  if (host !== undefined) return `\`${top}\` exists only inside ${host}: no package brings it; run the script there`;
  const provider = providerOf(top, facts);
  // The package is there, so a part of it is missing: Python's message says which.
  if (provider !== undefined) return undefined;
  return (
    mistaken(top, facts) ??
    packaged(module, top, facts) ??
    fromPython2(top) ??
    removed(top, facts) ??
    misspelt(top, facts) ??
    `nothing here provides \`${top}\`; if its package has the same name: \`${addCommand(normalizeName(top), facts)}\``
  );
}

function providerOf(module: string, facts: HintFacts): string | undefined {
  return facts.installed?.find((entry) => entry.topLevel.includes(module))?.name;
}

function mistaken(top: string, facts: HintFacts): string | undefined {
  const [right, name] = mistakenModules.get(top)?.split("@") ?? [];
  if (right === undefined || name === undefined) return undefined;
  const provider = providerOf(right.split(".")[0] ?? right, facts);
  if (provider !== undefined) return `write \`import ${right}\`: the installed package \`${provider}\` provides it`;
  return `write \`import ${right}\`; its package: \`${addCommand(name, facts)}\``;
}

function packaged(module: string, top: string, facts: HintFacts): string | undefined {
  const name = packageOfModule.get(module) ?? packageOfModule.get(top);
  return name === undefined
    ? undefined
    : `\`${top}\` comes with the package \`${name}\`: \`${addCommand(name, facts)}\``;
}

function fromPython2(top: string): string | undefined {
  const successor = python2Modules.get(top);
  return successor === undefined ? undefined : `\`${top}\` is a module of Python 2; in Python 3 it is \`${successor}\``;
}

function removed(top: string, facts: HintFacts): string | undefined {
  const [release, name] = removedModules.get(top)?.split("@") ?? [];
  if (release === undefined) return undefined;
  const remedy =
    name === undefined ? `run it with \`--python "<${release}"\`` : `\`${addCommand(name, facts)}\` brings it back`;
  return `\`${top}\` left the standard library with Python ${release}; ${remedy}`;
}

function misspelt(top: string, facts: HintFacts): string | undefined {
  const installed = (facts.installed ?? []).flatMap((entry) => entry.topLevel).filter((name) => !name.startsWith("_"));
  // Short names are near to everything.
  const maxDistance = top.length < 4 ? 0 : top.length < 7 ? 1 : 2;
  const [near] = nearest(top, [...installed, ...standardModules], { limit: 1, maxDistance });
  if (near === undefined) return undefined;
  const provider = providerOf(near, facts);
  const where =
    provider === undefined ? "the standard library has it" : `the installed package \`${provider}\` provides it`;
  return `did you mean \`import ${near}\`? ${where}`;
}

/** A file beside the script with the name of a module hides that module. */
function shadowHint({ message, path }: CrashFacts, facts: HintFacts): string | undefined {
  const module = /cannot import name '[^']*' from (?:partially initialized module )?'([\w.]+)'/.exec(message)?.[1];
  const [top = ""] = module?.split(".") ?? [];
  if (module === undefined || path === undefined || /[\\/](?:site-packages|lib)[\\/]/i.test(path)) return undefined;
  const file = path.split(/[\\/]/).at(-1) ?? "";
  if (file !== `${top}.py` || (!standardModules.has(top) && providerOf(top, facts) === undefined)) return undefined;
  return `the script's own \`${file}\` hides the module \`${top}\`; give the file another name`;
}

function addCommand(name: string, { add = "venvoy add" }: HintFacts): string {
  return `${add} ${name}`;
}
