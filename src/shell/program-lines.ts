import { quoteCmd } from "./cmd/quote.ts";
import { quoteFor } from "./quote.ts";
import type { ShellName } from "./shell-name.ts";

/** A program that is started with some variables changed. */
export interface ProgramStart {
  readonly argv: readonly string[];
  /** In the order in which they are set. */
  readonly set: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
  /** A directory that goes before all others on PATH. */
  readonly pathFirst?: string | undefined;
}

interface Dialect {
  readonly set: (name: string, value: string) => string;
  readonly unset: (name: string) => string;
  readonly pathFirst: (dir: string) => string;
  readonly call: (words: readonly string[]) => string;
}

const joined =
  (shell: ShellName, before = "") =>
  (words: readonly string[]): string =>
    `${before}${words.map(quoteFor(shell)).join(" ")}`;

function dialectOf(shell: ShellName): Dialect {
  const quote = quoteFor(shell);
  switch (shell) {
    case "fish":
      return {
        set: (name, value) => `set -gx ${name} ${quote(value)}`,
        unset: (name) => `set -e ${name}`,
        pathFirst: (dir) => `set -gx PATH ${quote(dir)} $PATH`,
        call: joined(shell),
      };
    case "csh":
      return {
        set: (name, value) => `setenv ${name} ${quote(value)}`,
        unset: (name) => `unsetenv ${name}`,
        pathFirst: (dir) => `setenv PATH ${quote(dir)}":\${PATH}"`,
        call: joined(shell),
      };
    case "powershell":
      return {
        set: (name, value) => `$env:${name} = ${quote(value)}`,
        unset: (name) => `Remove-Item -ErrorAction Ignore Env:${name}`,
        pathFirst: (dir) => `$env:PATH = ${quote(dir)} + [System.IO.Path]::PathSeparator + $env:PATH`,
        call: joined(shell, "& "),
      };
    case "nu":
      return {
        set: (name, value) => `$env.${name} = ${quote(value)}`,
        unset: (name) => `hide-env --ignore-errors ${name}`,
        pathFirst: (dir) => `$env.PATH = ($env.PATH | prepend ${quote(dir)})`,
        call: joined(shell, "^"),
      };
    case "cmd":
      return {
        set: (name, value) => orNote(quoteCmd(value), name, (text) => `set "${name}=${text}"`),
        unset: (name) => `set "${name}="`,
        pathFirst: (dir) => orNote(quoteCmd(dir), "PATH", (text) => `set "PATH=${text};%PATH%"`),
        call: (words) => {
          const quoted = words.map((word) => quoteCmd(word)?.replace(/\\+$/, "$&$&"));
          return quoted.includes(undefined) ? cannot("an argument") : quoted.map((word) => `"${word}"`).join(" ");
        },
      };
    default:
      return {
        set: (name, value) => `${name}=${quote(value)}; export ${name}`,
        unset: (name) => `unset ${name}`,
        pathFirst: (dir) => `PATH=${quote(dir)}":$PATH"; export PATH`,
        call: joined(shell),
      };
  }
}

const cannot = (what: string): string => `rem ${what} holds a line end or a quote, which no line of a batch file can`;

const orNote = (text: string | undefined, what: string, line: (text: string) => string): string =>
  text === undefined ? cannot(what) : line(text);

/** Lines that a person gives to a shell (for cmd: a batch file) to start the program in the same way; the last one starts it. */
export function programLines(shell: ShellName, { argv, set, unset, pathFirst }: ProgramStart): readonly string[] {
  const dialect = dialectOf(shell);
  return [
    ...unset.map(dialect.unset),
    ...Object.entries(set).map(([name, value]) => dialect.set(name, value)),
    ...(pathFirst === undefined ? [] : [dialect.pathFirst(pathFirst)]),
    dialect.call(argv),
  ];
}
