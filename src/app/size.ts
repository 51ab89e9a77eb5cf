import type { AbsPath, EnvId, Sha256 } from "../base/index.ts";
import { type Environment, referencedArtifacts } from "../env/index.ts";
import type { Context } from "./context.ts";
import type { SizeReport } from "./outcomes.ts";
import { type References, readReferences } from "./references.ts";

interface TreeSize {
  /** Files that only this tree has: what no link leads to from elsewhere. */
  readonly privateBytes: number;
  readonly files: number;
}

interface EnvironmentSize {
  readonly id: EnvId;
  readonly name: string;
  /** What deleting it (and `clean`) frees: its private files and the packages that nothing else uses. */
  readonly ownBytes: number;
  readonly sharedBytes: number;
  readonly files: number;
}

/** What each environment takes, shared packages counted apart. */
export async function size(context: Context): Promise<SizeReport> {
  const references = await readReferences(context);
  const stored = await context.store.list();
  const used = await referencedArtifacts(context, context.env);
  const unused = stored.filter((artifact) => !used.has(artifact.sha256));
  return {
    environments: (await sizesFrom(context, references)).map(({ name, ownBytes, sharedBytes, files }) => ({
      name,
      ownBytes,
      sharedBytes,
      files,
    })),
    storeBytes: stored.reduce((sum, artifact) => sum + artifact.sizeBytes, 0),
    cacheBytes: (await measureTree(context, context.layout.cache)).privateBytes,
    unusedBytes: unused.reduce((sum, artifact) => sum + artifact.sizeBytes, 0),
  };
}

/**
 * What only this environment holds, without looking at any other: files that nothing beside its own versions and the
 * store has a link to.
 */
export async function ownBytesOf(context: Context, environment: Pick<Environment, "dir">): Promise<number> {
  const { fs } = context;
  const versions = ((await fs.list(fs.path.join(environment.dir, "generations"))) ?? []).length;
  return (await measureTree(context, environment.dir, { mostLinks: versions + 1 })).privateBytes;
}

async function sizesFrom(context: Context, references: References): Promise<readonly EnvironmentSize[]> {
  const bytes = new Map<Sha256, number>(
    (await context.store.list()).map((artifact) => [artifact.sha256, artifact.sizeBytes]),
  );
  const users = countUsers(references);
  const sizes: EnvironmentSize[] = [];
  for (const { environment, receipts } of references.environments) {
    const packages = new Set(receipts.flatMap((receipt) => receipt.packages.map((item) => item.sha256)));
    const sum = (filter: (sha256: Sha256) => boolean): number =>
      [...packages].filter(filter).reduce((total, sha256) => total + (bytes.get(sha256) ?? 0), 0);
    const tree = await measureTree(context, environment.dir);
    sizes.push({
      id: environment.id,
      name: environment.label,
      ownBytes: tree.privateBytes + sum((sha256) => users.get(sha256) === 1),
      sharedBytes: sum((sha256) => (users.get(sha256) ?? 0) > 1),
      files: tree.files,
    });
  }
  return sizes;
}

/** How many environments use each stored package; versions of one environment count once. */
function countUsers({ environments, scripts }: References): ReadonlyMap<Sha256, number> {
  const users = new Map<Sha256, number>();
  const groups = [...environments.map(({ receipts }) => receipts), ...scripts.map(({ receipt }) => [receipt])];
  for (const group of groups) {
    for (const sha256 of new Set(group.flatMap((receipt) => receipt.packages.map((item) => item.sha256)))) {
      users.set(sha256, (users.get(sha256) ?? 0) + 1);
    }
  }
  return users;
}

/** Walks a tree without following links. A file with more names than `mostLinks` is shared and counts no bytes here. */
async function measureTree(
  context: Context,
  root: AbsPath,
  { mostLinks = 1 }: { readonly mostLinks?: number } = {},
): Promise<TreeSize> {
  const { fs } = context;
  const seen = new Set<number>();
  let privateBytes = 0;
  let files = 0;
  const open = [root];
  for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
    for (const entry of (await fs.list(directory)) ?? []) {
      const path = fs.path.join(directory, entry.name);
      if (entry.kind === "directory") open.push(path);
      else if (entry.kind === "file") {
        const info = await fs.linkInfo(path);
        files++;
        if (info === undefined || info.links > mostLinks || seen.has(info.inode)) continue;
        if (info.links > 1) seen.add(info.inode);
        privateBytes += info.sizeBytes;
      } else files++;
    }
  }
  return { privateBytes, files };
}
