import { isSpace, skipSpace, skipSpaceBack } from "./characters.ts";
import { foundAt, versionInvalid } from "./errors.ts";
import { finalSuffix, type KeyParts, keyOf, numberKey } from "./version-key.ts";

export type PreRelease = readonly [kind: "a" | "b" | "rc", number: number];

interface VersionFields {
  readonly text: string;
  readonly key: string;
  readonly epoch: number;
  readonly release: readonly number[];
  readonly pre: PreRelease | undefined;
  readonly post: number | undefined;
  readonly dev: number | undefined;
  readonly local: string | undefined;
}

/**
 * A version as PEP 440 defines it; immutable. Numbers above 2^53 are rounded in the numeric fields; the text and the
 * order are exact.
 */
export class Version {
  /** The canonical text: `1.0RC1` is `1.0rc1`. Trailing zeros of the release stay as they were written. */
  readonly text: string;
  /** Sorts as the version does under `<` on strings; equal for equal versions (`1.0` and `1`). */
  readonly key: string;
  readonly epoch: number;
  readonly release: readonly number[];
  readonly pre: PreRelease | undefined;
  readonly post: number | undefined;
  readonly dev: number | undefined;
  /** The local label, normalised: `+Ubuntu_01` is `ubuntu.1`. */
  readonly local: string | undefined;

  constructor(fields: VersionFields) {
    this.text = fields.text;
    this.key = fields.key;
    this.epoch = fields.epoch;
    this.release = fields.release;
    this.pre = fields.pre;
    this.post = fields.post;
    this.dev = fields.dev;
    this.local = fields.local;
  }

  /** True for alpha, beta, candidate and development releases. */
  get isPrerelease(): boolean {
    return this.pre !== undefined || this.dev !== undefined;
  }

  get isPostrelease(): boolean {
    return this.post !== undefined;
  }

  get isDevrelease(): boolean {
    return this.dev !== undefined;
  }

  /** The text without the local label. */
  get public(): string {
    return this.local === undefined ? this.text : this.text.slice(0, this.text.indexOf("+"));
  }

  /** Epoch and release only. */
  get base(): string {
    return /^[0-9.!]*[0-9]/.exec(this.text)?.[0] ?? this.text;
  }

  toString(): string {
    return this.text;
  }

  toJSON(): string {
    return this.text;
  }
}

/** Parses a version; throws `VERSION_INVALID` with `{source, span}`. Surrounding white space and a leading `v` are allowed. */
export function parseVersion(text: string): Version {
  const result = simpleVersion(text) ?? scanWhole(text);
  if (typeof result !== "number") return result;
  throw refused(text, result);
}

/** Like `parseVersion`, but `undefined` for a text that is not a version. */
export function tryParseVersion(text: string): Version | undefined {
  const result = simpleVersion(text) ?? scanWhole(text);
  return typeof result === "number" ? undefined : result;
}

/** Total order of PEP 440: negative, zero or positive. `1.0` and `1.0.0` are equal. */
export function compareVersions(a: Version, b: Version): number {
  return a.key === b.key ? 0 : a.key < b.key ? -1 : 1;
}

/**
 * The canonical text of a version, by default without trailing zeros of its release, so that equal versions have one
 * text (PEP 625). A text that is no version comes back as it is.
 */
export function canonicalVersion(
  text: string,
  { stripTrailingZeros = true }: { readonly stripTrailingZeros?: boolean } = {},
): string {
  const version = tryParseVersion(text);
  if (version === undefined) return text;
  if (!stripTrailingZeros) return version.text;
  const base = version.base;
  let end = base.length;
  while (base.endsWith(".0", end)) end -= 2;
  return base.slice(0, end) + version.text.slice(base.length);
}

const DOT = 0x2e;

/** The common form, `1.2.3` in canonical spelling, without regular expressions; `undefined` for anything else. */
function simpleVersion(text: string): Version | undefined {
  const release: number[] = [];
  let key = numberKey(0);
  let zeros = 0;
  let value = 0;
  let digits = 0;
  for (let i = 0; i <= text.length; i++) {
    const unit = i < text.length ? text.charCodeAt(i) : DOT;
    if (unit === DOT) {
      if (digits === 0) return undefined;
      release.push(value);
      if (value === 0) zeros++;
      else {
        for (; zeros > 0; zeros--) key += numberKey(0);
        key += numberKey(value);
      }
      value = 0;
      digits = 0;
    } else {
      // Leading zeros and very large numbers take the other way.
      if (unit < 0x30 || unit > 0x39 || digits > 14 || (digits === 1 && value === 0)) return undefined;
      value = value * 10 + unit - 0x30;
      digits++;
    }
  }
  return new Version({
    text,
    key: key + finalSuffix,
    epoch: 0,
    release,
    pre: undefined,
    post: undefined,
    dev: undefined,
    local: undefined,
  });
}

// Sticky and free of nested repetition, so a hostile text costs one pass.
const headPattern = /v?(?:([0-9]+)!)?([0-9]+(?:\.[0-9]+)*)/y;
const prePattern = /[._-]?(alpha|a|beta|b|preview|pre|c|rc)[._-]?([0-9]*)/y;
const postPattern = /-([0-9]+)|[._-]?(?:post|rev|r)[._-]?([0-9]*)/y;
const devPattern = /[._-]?dev[._-]?([0-9]*)/y;
const localPattern = /\+([a-z0-9]+(?:[._-][a-z0-9]+)*)/y;

const preKinds: Readonly<Record<string, "a" | "b" | "rc">> = {
  alpha: "a",
  a: "a",
  beta: "b",
  b: "b",
  preview: "rc",
  pre: "rc",
  c: "rc",
  rc: "rc",
};

/** The version that is the whole text, or the index where it stops being one. */
function scanWhole(text: string): Version | number {
  const start = skipSpace(text);
  const end = skipSpaceBack(text, start);
  const trimmed = text.slice(start, end);
  const foreign = trimmed.search(/[^\x21-\x7e]/);
  if (foreign !== -1) return start + foreign;
  const scanned = scanParts(trimmed.toLowerCase());
  if (typeof scanned === "number") return start + scanned;
  return fromParts(scanned);
}

/** Reads the parts of lower-case ASCII text that has to be a version as a whole; else the index of the fault. */
function scanParts(lower: string): KeyParts | number {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(lower);
    if (match === null) return undefined;
    at = pattern.lastIndex;
    return match;
  };
  const head = take(headPattern);
  if (head === undefined) return lower.startsWith("v") ? 1 : 0;
  const pre = take(prePattern);
  const post = take(postPattern);
  const dev = take(devPattern);
  const local = take(localPattern);
  if (at < lower.length) return at;
  const kind = preKinds[pre?.[1] ?? ""];
  return {
    epoch: plain(head[1]),
    release: (head[2] ?? "").split(".").map(plain),
    pre: kind === undefined ? undefined : [kind, plain(pre?.[2])],
    post: post === undefined ? undefined : plain(post[1] ?? post[2]),
    dev: dev === undefined ? undefined : plain(dev[1]),
    local: local?.[1]
      ?.split(/[._-]/)
      .map((segment) => (/[a-z]/.test(segment) ? segment : plain(segment)))
      .join("."),
  };
}

/** Digits without leading zeros; a number that was left out is 0. */
function plain(digits: string | undefined): string {
  if (digits === undefined || digits === "") return "0";
  if (digits.charCodeAt(0) !== 0x30) return digits;
  let zeros = 0;
  while (zeros < digits.length - 1 && digits.charCodeAt(zeros) === 0x30) zeros++;
  return digits.slice(zeros);
}

/** Builds a version from exact parts. */
export function fromParts(parts: KeyParts): Version {
  const { epoch, release, pre, post, dev, local } = parts;
  const text =
    (epoch === "0" ? "" : `${epoch}!`) +
    release.join(".") +
    (pre === undefined ? "" : pre[0] + pre[1]) +
    (post === undefined ? "" : `.post${post}`) +
    (dev === undefined ? "" : `.dev${dev}`) +
    (local === undefined ? "" : `+${local}`);
  return new Version({
    text,
    key: keyOf(parts),
    epoch: Number(epoch),
    release: release.map(Number),
    pre: pre === undefined ? undefined : [pre[0], Number(pre[1])],
    post: post === undefined ? undefined : Number(post),
    dev: dev === undefined ? undefined : Number(dev),
    local,
  });
}

/** The exact parts of a version, for arithmetic on its numbers. */
export function partsOf(version: Version): KeyParts {
  const parts = scanParts(version.text);
  if (typeof parts === "number") throw new Error(`canonical version does not parse: ${version.text}`);
  return parts;
}

function refused(text: string, at: number): Error {
  const end = skipSpaceBack(text, skipSpace(text));
  if (end === skipSpace(text)) return versionInvalid(text, [0, text.length], "it is empty");
  const span = [at, Math.max(end, at + 1)] as const;
  const unit = text.charCodeAt(at);
  if (at < end && isSpace(unit)) return versionInvalid(text, span, "white space stands inside it");
  if (at >= end) return versionInvalid(text, [at, at], "a number is missing at its end");
  const start = skipSpace(text);
  if (at <= start + 1 && !/[0-9]/.test(text.slice(start, at))) {
    return versionInvalid(text, span, `it must begin with a number, but ${foundAt(text, at)}`);
  }
  return versionInvalid(
    text,
    span,
    `nothing that PEP 440 knows begins at ${foundAt(text, at)}`.replace(" stands there", ""),
  );
}
