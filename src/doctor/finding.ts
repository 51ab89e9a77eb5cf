import { typedWord } from "../base/index.ts";

/** What can be done about a finding without a person's judgement. */
export type Mending =
  /** Lead the base link to the same Python elsewhere, and let the trees say what they stand on. */
  | "follow-python"
  /** Rebuild on another Python; a new version. */
  | "another-python"
  /** Write what is asked for anew from the history. */
  | "restore-intent"
  /** Clean up as every operation does before it begins. */
  | "recover"
  /** Build the missing tree of the current version from its lock. */
  | "build-tree"
  /** Build the same packages anew; a new version. */
  | "build-version"
  /** Name the environment's own Python in the first lines of scripts. */
  | "rewrite-scripts"
  /** Bring a stored package anew. */
  | "restore-package";

/** Every kind of finding: what it means, in one clause, for the reference; and what mends it. */
export const findingCodes = {
  "python-gone": {
    meaning: "its Python is gone, and no other of that kind is on this machine",
    mending: "another-python",
  },
  "python-moved": { meaning: "its Python is gone from its place, and is somewhere else", mending: "follow-python" },
  "python-changed": { meaning: "its Python was upgraded in place", mending: "follow-python" },
  "intent-unreadable": { meaning: "what it is asked to hold can't be read", mending: "restore-intent" },
  "change-unfinished": { meaning: "a change was begun and not finished", mending: "recover" },
  "tree-missing": { meaning: "the tree of its current version is missing or not whole", mending: "build-tree" },
  "lock-missing": { meaning: "the lock of its current version is missing", mending: "build-version" },
  "files-missing": { meaning: "files of a package are missing", mending: "build-version" },
  "package-doubled": { meaning: "a package is recorded as installed twice", mending: "build-version" },
  "script-dead": { meaning: "a program starts a Python that is not there", mending: "rewrite-scripts" },
  "store-damaged": { meaning: "stored files of a package differ from what was unpacked", mending: "restore-package" },
  "known-faults": { meaning: "the configured advisories tell of faults in installed versions", mending: undefined },
  "pythonhome-set": { meaning: "PYTHONHOME makes every Python look for its library elsewhere", mending: undefined },
  "pythonpath-hides": { meaning: "PYTHONPATH hides packages of the environment", mending: undefined },
  "path-hides": { meaning: "another Python comes before the active environment's on PATH", mending: undefined },
} as const satisfies Readonly<Record<string, { readonly meaning: string; readonly mending: Mending | undefined }>>;

export type FindingCode = keyof typeof findingCodes;

/** One thing that is wrong. */
export interface Finding {
  readonly code: FindingCode;
  /** The environment; nothing for what is wrong with the shell. */
  readonly environment?: string;
  /** One sentence without a period; already printable. */
  readonly sentence: string;
  /** The file, directory or variable that is meant. */
  readonly place: string;
  /** What `--fix` does; nothing where only a person can. */
  readonly mending?: Mending;
  /** What to type, or to do. */
  readonly hint: string;
}

interface Told {
  readonly environment?: string;
  readonly sentence: string;
  readonly place: string;
  /** For a finding that nothing mends by itself, or that is mended in a special way. */
  readonly hint?: string;
  /** What mends this kind elsewhere can't here. */
  readonly isHopeless?: boolean;
}

export function finding(code: FindingCode, { hint, isHopeless = false, ...told }: Told): Finding {
  const mending = isHopeless ? undefined : findingCodes[code].mending;
  const name = told.environment === undefined ? "" : ` ${typedWord(told.environment)}`;
  const typed = `venvoy doctor${name} --fix`;
  return { code, ...told, ...(mending === undefined ? {} : { mending }), hint: hint ?? typed };
}
