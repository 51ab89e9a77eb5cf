export interface FileCheck {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly inode: number;
}

interface LinkCheck {
  readonly path: string;
  readonly target: string;
}

/** What a run decided, and everything that the decision rests on. */
export interface LaunchMemo {
  readonly format: 1;
  /** The script; its content is taken as known while size, time and inode stay. */
  readonly script: FileCheck;
  readonly files: readonly FileCheck[];
  readonly links: readonly LinkCheck[];
  /** Variables that took part; `null` means: was not set. */
  readonly variables: Readonly<Record<string, string | null>>;
  readonly python: string;
  /** Its `bin` goes first on PATH. */
  readonly bin: string;
  /** What VIRTUAL_ENV is set to. */
  readonly environment: string;
  /** Set for the program, over what is inherited. */
  readonly set: Readonly<Record<string, string>>;
  /** A file whose time says when the environment was last used. */
  readonly useMark: string;
}

/** The file name of a script's memo. Two scripts may share one: the memo names its script. */
export function memoName(script: string): string {
  // Two 32-bit lanes of FNV-1a; node:crypto would cost more than the whole warm path.
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (let i = 0; i < script.length; i++) {
    const unit = script.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ (unit + 0x9e3779b9), 0x85ebca6b);
  }
  return `${(a >>> 0).toString(16).padStart(8, "0")}${(b >>> 0).toString(16).padStart(8, "0")}.json`;
}

export function formatMemo(memo: LaunchMemo): string {
  return JSON.stringify(memo);
}

/** Reads a memo back; `undefined` for anything that is not one. */
export function parseMemo(text: string): LaunchMemo | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isMemo(value) ? value : undefined;
}

function isMemo(value: unknown): value is LaunchMemo {
  if (typeof value !== "object" || value === null) return false;
  const memo = value as Partial<LaunchMemo>;
  return (
    memo.format === 1 &&
    isFileCheck(memo.script) &&
    Array.isArray(memo.files) &&
    memo.files.every(isFileCheck) &&
    Array.isArray(memo.links) &&
    memo.links.every((link: Partial<LinkCheck>) => typeof link?.path === "string" && typeof link.target === "string") &&
    isRecord(memo.variables) &&
    isRecord(memo.set) &&
    [memo.python, memo.bin, memo.environment, memo.useMark].every((text) => typeof text === "string")
  );
}

function isFileCheck(value: unknown): value is FileCheck {
  if (typeof value !== "object" || value === null) return false;
  const check = value as Partial<FileCheck>;
  return (
    typeof check.path === "string" &&
    typeof check.sizeBytes === "number" &&
    typeof check.modifiedMs === "number" &&
    typeof check.inode === "number"
  );
}

function isRecord(value: unknown): value is Record<string, string> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
