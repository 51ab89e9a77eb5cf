import { isDigit, isSpace, skipSpace, skipSpaceBack } from "./characters.ts";
import { foundAt, quoted, versionInvalid } from "./errors.ts";
import { finalSuffix, type KeyParts, keyOf, numberKey, suffixKey } from "./version-key.ts";
import { scanParts } from "./version-parts.ts";

export type PreRelease = readonly [kind: "a" | "b" | "rc", number: number];

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

  /** For this file: versions are made by `parseVersion`. One object less per version is worth the long list. */
  constructor(
    text: string,
    key: string,
    epoch: number,
    release: readonly number[],
    pre: PreRelease | undefined,
    post: number | undefined,
    dev: number | undefined,
    local: string | undefined,
  ) {
    this.text = text;
    this.key = key;
    this.epoch = epoch;
    this.release = release;
    this.pre = pre;
    this.post = post;
    this.dev = dev;
    this.local = local;
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
  const result = canonicalSpelling(text) ?? scanWhole(text);
  if (typeof result !== "number") return result;
  throw refused(text, result);
}

/** Like `parseVersion`, but `undefined` for a text that is not a version. */
export function tryParseVersion(text: string): Version | undefined {
  const result = canonicalSpelling(text) ?? scanWhole(text);
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

/**
 * Most versions by far are spelt canonically: `1.2.3`, `2.0rc1`, `1.0.post2.dev3`. They are read without regular
 * expressions; anything else (leading zeros, huge numbers, epochs, local labels, other spellings) gives `undefined`.
 */
function canonicalSpelling(text: string): Version | undefined {
  const release: number[] = [];
  let key = numberKey(0);
  let zeros = 0;
  let at = 0;
  for (;;) {
    const end = numberEnd(text, at);
    if (end === at) return undefined;
    const value = numberBetween(text, at, end);
    release.push(value);
    if (value === 0) zeros++;
    else {
      for (; zeros > 0; zeros--) key += numberKey(0);
      key += numberKey(value);
    }
    at = end;
    if (at === text.length) {
      return new Version(text, key + finalSuffix, 0, release, undefined, undefined, undefined, undefined);
    }
    if (text.charCodeAt(at) !== DOT || !isDigit(text.charCodeAt(at + 1))) return withSuffix(text, at, key, release);
    at++;
  }
}

const DOT = 0x2e;

function withSuffix(text: string, from: number, head: string, release: readonly number[]): Version | undefined {
  let at = from;
  let pre: PreRelease | undefined;
  let post: number | undefined;
  let dev: number | undefined;
  const kind = preKindAt(text, at);
  if (kind !== undefined) {
    at += kind.length;
    const end = numberEnd(text, at);
    if (end === at) return undefined;
    pre = [kind, numberBetween(text, at, end)];
    at = end;
  }
  if (text.startsWith(".post", at)) {
    const end = numberEnd(text, at + 5);
    if (end === at + 5) return undefined;
    post = numberBetween(text, at + 5, end);
    at = end;
  }
  if (text.startsWith(".dev", at)) {
    const end = numberEnd(text, at + 4);
    if (end === at + 4) return undefined;
    dev = numberBetween(text, at + 4, end);
    at = end;
  }
  if (at !== text.length) return undefined;
  return new Version(text, head + suffixKey(pre, post, dev), 0, release, pre, post, dev, undefined);
}

function preKindAt(text: string, at: number): PreRelease[0] | undefined {
  const unit = text.charCodeAt(at);
  if (unit === 0x61) return "a";
  if (unit === 0x62) return "b";
  return unit === 0x72 && text.charCodeAt(at + 1) === 0x63 ? "rc" : undefined;
}

/** Where a number that is exact and written without leading zeros ends; `at` itself when none begins there. */
function numberEnd(text: string, at: number): number {
  let end = at;
  while (isDigit(text.charCodeAt(end))) end++;
  const isPlain = end - at < 16 && (end - at < 2 || text.charCodeAt(at) !== 0x30);
  return isPlain ? end : at;
}

function numberBetween(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) value = value * 10 + text.charCodeAt(i) - 0x30;
  return value;
}

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

/** Builds a version from exact parts. */
function fromParts(parts: KeyParts): Version {
  const { epoch, release, pre, post, dev, local } = parts;
  const text =
    (epoch === "0" ? "" : `${epoch}!`) +
    release.join(".") +
    (pre === undefined ? "" : pre[0] + pre[1]) +
    (post === undefined ? "" : `.post${post}`) +
    (dev === undefined ? "" : `.dev${dev}`) +
    (local === undefined ? "" : `+${local}`);
  return new Version(
    text,
    keyOf(parts),
    Number(epoch),
    release.map(Number),
    pre === undefined ? undefined : [pre[0], Number(pre[1])],
    post === undefined ? undefined : Number(post),
    dev === undefined ? undefined : Number(dev),
    local,
  );
}

/** The exact parts of a version, for arithmetic on its numbers. */
export function partsOf(version: Version): KeyParts {
  const parts = scanParts(version.text);
  if (typeof parts === "number") throw new Error(`canonical version does not parse: ${version.text}`);
  return parts;
}

function refused(text: string, at: number): Error {
  const start = skipSpace(text);
  const end = skipSpaceBack(text, start);
  const span = [at, Math.max(end, at)] as const;
  const before = text.slice(start, at);
  if (at < end && isSpace(text.charCodeAt(at))) return versionInvalid(text, span, "white space stands inside it");
  if (/[0-9]/.test(before)) {
    return versionInvalid(text, span, `${quoted(text.slice(at, end))} can't follow ${quoted(before)}`);
  }
  return versionInvalid(text, span, `it must begin with a number, but ${foundAt(text, at)}`);
}
