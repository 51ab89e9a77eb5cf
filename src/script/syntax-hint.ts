import type { CrashFacts, HintFacts } from "./crash-hint.ts";
import { python2Names } from "./module-names.ts";

/** What CPython says where it meets Python 2 (3.8 to 3.14). */
const python2Messages =
  /Missing parentheses in call to '(?:print|exec)'|multiple exception types must be parenthesized|leading zeros in decimal integer/;

/** Lines that only Python 2 reads; strings are emptied before the look. */
const python2Lines: readonly RegExp[] = [
  /^\s*print\s+(?:["\w%]|>>)/,
  /^\s*exec\s+["\w]/,
  /^\s*except\s+[\w.]+\s*,\s*\w+\s*:/,
  /^\s*raise\s+[\w.]+\s*,\s*\S/,
  /\bur""/,
  /\w\s*<>\s*\w/,
  /\b\d+L\b/,
  /`[^`]+`/,
];

/** Syntax that an older Python lacks, and the first one that has it. */
const newerSyntax: readonly (readonly [pattern: RegExp, since: readonly [number, number], what: string])[] = [
  [/^\s*match\s+[^=]+:\s*(?:#.*)?$/, [3, 10], "`match`"],
  [/^\s*except\s*\*/, [3, 11], "`except*`"],
  [/^\s*type\s+\w+(?:\[.*\])?\s*=/, [3, 12], "`type`"],
  [/^\s*(?:async\s+)?(?:def|class)\s+\w+\[/, [3, 12], "a type parameter list"],
  [/(?:^|[^\w"])t""/, [3, 14], "a template string"],
];

/** Python 2, or a Python newer than the one that ran; undefined for an ordinary slip. */
export function syntaxHint(crash: CrashFacts, facts: HintFacts): string | undefined {
  const { message } = crash;
  // Nobody writes longer lines by hand.
  if ((crash.text ?? "").length > 2000) return undefined;
  const text = (crash.text ?? "").replace(/"[^"\n]*"|'[^'\n]*'/g, '""').replace(/#.*/, "");
  if (python2Messages.test(message) || python2Lines.some((line) => line.test(text))) return writtenFor2(crash, facts);
  const [major = 0, minor = 0] = (facts.pythonVersion ?? "").split(".").map(Number);
  for (const [pattern, [sinceMajor, sinceMinor], what] of newerSyntax) {
    const isOlder = major > 0 && (major < sinceMajor || (major === sinceMajor && minor < sinceMinor));
    if (!isOlder || !pattern.test(text)) continue;
    const since = `${sinceMajor}.${sinceMinor}`;
    return `${what} needs Python ${since}, and this is ${major}.${minor}: run it with \`--python ">=${since}"\``;
  }
  return undefined;
}

function writtenFor2({ filename, line }: CrashFacts, facts: HintFacts): string {
  const name = filename === undefined || filename.startsWith("<") ? "this" : `\`${filename.split(/[\\/]/).at(-1)}\``;
  const where = line === undefined ? name : `line ${line} of ${name}`;
  return `${where} is written for Python 2; ${python27(facts)}`;
}

/** `unicode`, `xrange` and the like. */
export function python2NameHint(name: string | undefined, facts: HintFacts): string | undefined {
  const successor = python2Names.get(name ?? "");
  if (successor === undefined) return undefined;
  return `\`${name}\` is a name of Python 2, \`${successor}\` in Python 3; ${python27(facts)}`;
}

function python27({ pythons = [] }: HintFacts): string {
  const found = pythons.find((python) => /^2\.7(?:\.|$)/.test(python.version));
  if (found === undefined) return "no Python 2.7 was found on this machine";
  return `Python ${found.version} is here as \`${found.executable}\``;
}
