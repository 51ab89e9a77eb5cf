/**
 * Order keys of PEP 440 versions: strings whose plain comparison (`<` on UTF-16 units) is the order of versions. One
 * comparison of two short strings replaces a walk over seven fields, and any range of versions becomes two strings.
 *
 *     key = epoch release… END pre post dev [local…]
 *
 * A number is one unit (`FIRST` + value) or, when large, a mark, its digit count and its digits; so numbers of any size
 * are exact. All control units below are lower than any number.
 */
export interface KeyParts {
  /** Decimal digits without leading zeros, here and below. */
  readonly epoch: string;
  readonly release: readonly string[];
  readonly pre?: readonly ["a" | "b" | "rc", string] | undefined;
  readonly post?: string | undefined;
  readonly dev?: string | undefined;
  /** Normalised local label: lower case, segments joined by dots. */
  readonly local?: string | undefined;
}

const FIRST = 0x10;
const LARGE = 0xe000;
const RELEASE_END = "\x01";
const PRE = { devOnly: "\x02", a: "\x03", b: "\x04", rc: "\x05", none: "\x06" } as const;
const NO_POST = "\x01";
const POST = "\x02";
const BEYOND_POSTS = "\x03";
const DEV = "\x02";
const NO_DEV = "\x03";
const LOCAL_TEXT = "\x02";
const LOCAL_TEXT_END = "\x01";
const LOCAL_NUMBER = "\x03";
const BEYOND_LOCALS = "\uffff";

/** What follows the release in the key of a final version. */
export const finalSuffix = `${RELEASE_END}${PRE.none}${NO_POST}${NO_DEV}`;

/** What follows the release in the key of a version without a local label. */
export function suffixKey(
  pre: readonly ["a" | "b" | "rc", number] | undefined,
  post: number | undefined,
  dev: number | undefined,
): string {
  const preText =
    pre !== undefined
      ? PRE[pre[0]] + numberKey(pre[1])
      : post === undefined && dev !== undefined
        ? PRE.devOnly
        : PRE.none;
  const postText = post === undefined ? NO_POST : POST + numberKey(post);
  return RELEASE_END + preText + postText + (dev === undefined ? NO_DEV : DEV + numberKey(dev));
}

/** Encodes a non-negative safe integer. */
export function numberKey(value: number): string {
  if (value < LARGE - FIRST) return String.fromCharCode(value + FIRST);
  return digitsKey(String(value));
}

function digitsKey(digits: string): string {
  if (digits.length < 6) {
    const value = Number(digits);
    if (value < LARGE - FIRST) return String.fromCharCode(value + FIRST);
  }
  return String.fromCharCode(LARGE) + numberKey(digits.length) + digits;
}

function headKey({ epoch, release }: KeyParts): string {
  let length = release.length;
  // 1.0.0 equals 1.
  while (length > 0 && release[length - 1] === "0") length--;
  let key = digitsKey(epoch);
  for (let i = 0; i < length; i++) key += digitsKey(release[i] ?? "0");
  return key + RELEASE_END;
}

function preKey({ pre, post, dev }: KeyParts): string {
  if (pre !== undefined) return PRE[pre[0]] + digitsKey(pre[1]);
  // 1.0.dev1 comes before 1.0a1, but 1.0.post1.dev1 after 1.0.
  return post === undefined && dev !== undefined ? PRE.devOnly : PRE.none;
}

function localKey(local: string): string {
  let key = "";
  for (const segment of local.split(".")) {
    key +=
      /^[0-9]/.test(segment) && /^[0-9]+$/.test(segment)
        ? LOCAL_NUMBER + digitsKey(segment)
        : LOCAL_TEXT + segment + LOCAL_TEXT_END;
  }
  return key;
}

/** The key of a version given by its parts. */
export function keyOf(parts: KeyParts): string {
  const post = parts.post === undefined ? NO_POST : POST + digitsKey(parts.post);
  const dev = parts.dev === undefined ? NO_DEV : DEV + digitsKey(parts.dev);
  const local = parts.local === undefined ? "" : localKey(parts.local);
  return headKey(parts) + preKey(parts) + post + dev + local;
}

/** The point just above a version and all its local forms (`1.0`, `1.0+cu118`), below `1.0.post0.dev0`. */
export function aboveLocals(parts: KeyParts): string {
  return keyOf({ ...parts, local: undefined }) + BEYOND_LOCALS;
}

/** The point just above a version and all its post-releases. The version has neither `post` nor `dev`. */
export function abovePosts(parts: KeyParts): string {
  return headKey(parts) + preKey(parts) + BEYOND_POSTS;
}

/** The smallest string above a key: an exclusive bound that includes just that key. */
export function justAbove(key: string): string {
  return `${key}\0`;
}

/** Adds one to a number in decimal digits, of any length. */
export function increment(digits: string): string {
  let nines = digits.length;
  while (nines > 0 && digits[nines - 1] === "9") nines--;
  const zeros = "0".repeat(digits.length - nines);
  if (nines === 0) return `1${zeros}`;
  return `${digits.slice(0, nines - 1)}${Number(digits[nines - 1]) + 1}${zeros}`;
}
