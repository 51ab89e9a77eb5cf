import { createHash, type Hash } from "../codec/index.ts";
import { digestMismatch } from "./errors.ts";
import type { WantedFile } from "./source.ts";

/** Names of indexes (PEP 503, 691) -> names of the crypto library. Weak ones are checked besides, never instead. */
const algorithms: Readonly<Record<string, string>> = {
  sha256: "sha256",
  sha512: "sha512",
  sha384: "sha384",
  sha224: "sha224",
  sha3_256: "sha3-256",
  sha3_384: "sha3-384",
  sha3_512: "sha3-512",
  blake2b: "blake2b512",
  blake2s: "blake2s256",
  sha1: "sha1",
  md5: "md5",
};

/** Hashes bytes as they pass: always sha256, and every other algorithm that a digest was promised in. */
export class Digests {
  readonly #running = new Map<string, Hash>();

  constructor(promised: Readonly<Record<string, string>>) {
    this.#running.set("sha256", createHash("sha256"));
    for (const algorithm of Object.keys(promised)) {
      const hash = this.#running.has(algorithm) ? undefined : start(algorithm);
      if (hash !== undefined) this.#running.set(algorithm, hash);
    }
  }

  update(bytes: Uint8Array): void {
    for (const hash of this.#running.values()) hash.update(bytes);
  }

  /** Ends hashing; throws `DIGEST_MISMATCH` where one differs from what was promised. Returns the sha256. */
  check(promised: Readonly<Record<string, string>>, file: Pick<WantedFile, "filename" | "url">): string {
    let sha256 = "";
    for (const [algorithm, hash] of this.#running) {
      const got = Buffer.from(hash.digest());
      if (algorithm === "sha256") sha256 = got.toString("hex");
      const wanted = promised[algorithm];
      if (wanted === undefined) continue;
      const expected = Buffer.from(wanted, "hex");
      if (expected.length === got.length && expected.equals(got)) continue;
      throw digestMismatch(file, algorithm, { wanted, got: got.toString("hex") });
    }
    return sha256;
  }
}

function start(algorithm: string): Hash | undefined {
  const name = algorithms[algorithm];
  if (name === undefined) return undefined;
  try {
    return createHash(name);
  } catch {
    // Not every runtime has every algorithm; sha256 is always checked.
    return undefined;
  }
}
