import type { KeyParts } from "./version-key.ts";

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

/** Reads the parts of lower-case ASCII text that has to be a version as a whole; else the index of the fault. */
export function scanParts(lower: string): KeyParts | number {
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
