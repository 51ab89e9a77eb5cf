import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** A digest that is being made. */
export interface Hash {
  update(data: string | Uint8Array): Hash;
  digest(): Uint8Array;
  digest(encoding: "hex" | "base64url"): string;
}

interface Runtime {
  readonly Bun?: { readonly CryptoHasher: new (algorithm: "sha256") => Hash };
}

const bun = (globalThis as Runtime).Bun;
let loaded: typeof import("node:crypto") | undefined;

/**
 * `createHash` of `node:crypto`, which is loaded only when it is needed: with the streams that it brings it takes a tenth
 * of what a command needs before it begins, and Bun has sha256 without it. Throws for what the runtime doesn't know.
 */
export function createHash(algorithm: string): Hash {
  if (bun !== undefined && algorithm === "sha256") return new bun.CryptoHasher("sha256");
  loaded ??= require("node:crypto") as typeof import("node:crypto");
  return loaded.createHash(algorithm);
}
