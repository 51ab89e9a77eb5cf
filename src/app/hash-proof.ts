import { type AbsPath, mapLimit, type PackageName, parseSha256, type Sha256 } from "../base/index.ts";
import { createHash, type Hash } from "../codec/index.ts";
import { withStage } from "../disk/index.ts";
import type { PackageSource } from "../pypi/index.ts";
import { isUnbuilt, type Lock, type LockedPackage } from "../resolve/index.ts";
import type { Context } from "./context.ts";
import {
  type AllowedHashes,
  checkHashes,
  type HashCheck,
  type HashRules,
  strongAlgorithms,
  unproven,
} from "./hashes.ts";

const atOnce = 8;
const chunkBytes = 4 << 20;

/**
 * The rules with the sha256 of each file that was fetched and has one of the sha384 or sha512 digests that they allow:
 * locks, indexes and the store know files by their sha256. A file is fetched for it once; what was proven is remembered.
 * Throws `DIGEST_MISMATCH` for a file that has none of them, before anything of it is built or installed.
 */
export async function withProof(
  context: Context,
  rules: HashRules | undefined,
  { lock, source, check, signal }: ProofOf,
): Promise<HashRules | undefined> {
  const open = rules === undefined ? [] : unproven(lock, rules, check.before);
  if (rules === undefined || open.length === 0) return rules;
  const proven = await mapLimit(open, atOnce, async (one): Promise<readonly [PackageName, AllowedHashes]> => {
    const rule = rules.get(one.name);
    if (rule === undefined) throw new Error(`\`${one.name}\` has no rule`);
    const sha256 = await provenDigest(context, one, { rule, source, signal });
    const added = sha256 === undefined ? [] : [`sha256:${sha256}`];
    return [one.name, { ...rule, digests: new Set([...rule.digests, ...added]) }];
  });
  const all = new Map([...rules, ...proven]);
  checkHashes(lock, all, check);
  return all;
}

export interface ProofOf {
  readonly lock: Lock;
  readonly source: PackageSource;
  readonly check: HashCheck;
  readonly signal?: AbortSignal | undefined;
}

interface Proof {
  readonly rule: AllowedHashes;
  readonly source: PackageSource;
  readonly signal: AbortSignal | undefined;
}

/** The sha256 of a package's file, when that has an allowed digest. */
async function provenDigest(
  context: Context,
  one: LockedPackage,
  { rule, source, signal }: Proof,
): Promise<Sha256 | undefined> {
  const { filename, url, sha256, sizeBytes } = one.source ?? one.wheel;
  const { fs, layout, store } = context;
  if (sha256 !== undefined && rule.digests.has((await remembered(context, sha256)) ?? "")) return sha256;
  if (url === undefined) return undefined;
  return withStage(context, layout.stage, "hash", async (stage) => {
    const file = fs.path.join(stage, filename);
    const promised = sha256 === undefined ? {} : { sha256 };
    const wanted = { filename, url, ...promised, ...(sizeBytes === undefined ? {} : { sizeBytes }) };
    const fetched = await source.fetch(wanted, file, signal === undefined ? {} : { signal });
    const digest = (await digestsOfFile(context, file)).find((text) => rule.digests.has(text));
    if (digest === undefined) return undefined;
    await remember(context, fetched.sha256, digest);
    // It is here now: it needn't come twice.
    const isWheel = one.source === undefined && !isUnbuilt(one);
    if (isWheel && (await store.find(fetched.sha256)) === undefined)
      await store.add(file, { filename, sha256: fetched.sha256 });
    return fetched.sha256;
  });
}

async function digestsOfFile({ fs }: Context, file: AbsPath): Promise<readonly string[]> {
  const hashes = Object.keys(strongAlgorithms).map((name): readonly [string, Hash] => [name, createHash(name)]);
  const size = (await fs.info(file))?.sizeBytes ?? 0;
  for (let at = 0; at < size; at += chunkBytes) {
    const chunk = await fs.readRange(file, at, Math.min(chunkBytes, size - at));
    for (const [, hash] of hashes) hash.update(chunk);
  }
  return hashes.map(([name, hash]) => `${name}:${hash.digest("hex")}`);
}

function memoryOf({ fs, layout }: Context, sha256: Sha256): AbsPath {
  return fs.path.join(layout.cache, "digests-1", sha256.slice(0, 2), sha256);
}

async function remembered(context: Context, sha256: Sha256): Promise<string | undefined> {
  const text = await context.fs.readText(memoryOf(context, sha256)).catch(() => "");
  return /^sha\d{3}:[0-9a-f]+$/.test(text) ? text : undefined;
}

async function remember(context: Context, sha256: Sha256, digest: string): Promise<void> {
  const file = memoryOf(context, parseSha256(sha256));
  await context.fs.makeDir(context.fs.path.directory(file));
  await context.fs.writeAtomic(file, digest);
}
