import type { Wanted } from "../env/index.ts";
import { parseRequirement } from "../pep/index.ts";
import type { Lock } from "../resolve/index.ts";

/** What an environment is, for writing it down in other tools' words. */
export interface Contents {
  readonly name: string;
  readonly wanted: Wanted;
  readonly lock: Lock;
  /** Of the interpreter that it stands on: `3.12.1`. */
  readonly pythonVersion: string;
}

/** One requirement, and who asks for it. */
export interface AskedLine {
  readonly text: string;
  /** "plot.py line 3", "installed by pip"; none for what was typed. */
  readonly origins: readonly string[];
}

/**
 * What the environment is asked to hold, in the order in which it was asked, each text once. Paths are shortened to
 * names and addresses lose their credentials: the result goes to other people.
 */
export function askedLines({ wanted }: Pick<Contents, "wanted">): readonly AskedLine[] {
  const lines = new Map<string, Set<string>>();
  const put = (text: string, origin: string | undefined): void => {
    const key = parseRequirement(text).shown;
    const origins = lines.get(key) ?? new Set();
    if (origin !== undefined) origins.add(origin);
    lines.set(key, origins);
  };
  for (const { text, source } of wanted.requirements) {
    if (source.kind === "file") put(text, `${fileName(source.file)} line ${source.line}`);
    else put(text, source.kind === "noticed" ? `installed by ${source.installer}` : undefined);
  }
  for (const { script, requirements } of wanted.claims)
    for (const { text, line } of requirements) put(text, `${fileName(script)} line ${line}`);
  return [...lines].map(([text, origins]) => ({ text, origins: [...origins] }));
}

/** Everything that is locked, as exact requirements; sorted by name. */
export function pinnedLines({ lock }: Pick<Contents, "lock">): readonly string[] {
  return lock.packages.map(({ name, version, directUrl }) =>
    directUrl === undefined ? `${name}==${version}` : `${name} @ ${directUrl.withoutCredentials().reveal()}`,
  );
}

/** The texts that a list of dependencies holds. */
export function dependencyTexts(contents: Contents, { pinned }: { readonly pinned: boolean }): readonly string[] {
  return pinned ? pinnedLines(contents) : askedLines(contents).map(({ text }) => text);
}

/** The Pythons that the environment is good for: what was asked where that is a range, else its own and later ones. */
export function requiresPython({ wanted, pythonVersion }: Pick<Contents, "wanted" | "pythonVersion">): string {
  const asked = wanted.python?.trim() ?? "";
  return /^[<>=!~][\d\s.,*<>=!~]+$/.test(asked) ? asked : `>=${minorOf({ pythonVersion })}`;
}

/** `3.12`. */
export function minorOf({ pythonVersion }: Pick<Contents, "pythonVersion">): string {
  return pythonVersion.split(".").slice(0, 2).join(".");
}

function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
