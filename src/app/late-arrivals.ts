import type { AbsPath } from "../base/index.ts";
import {
  type Environment,
  generationDir,
  type Installed,
  inspectTree,
  readReceipt,
  readRecord,
  type VersionRecord,
} from "../env/index.ts";
import type { Context } from "./context.ts";

/** What another tool installed into the version before while the current one was made, or from a program still in it. */
export interface LateArrivals {
  readonly tree: AbsPath;
  readonly version: number;
  readonly packages: readonly Installed[];
}

/**
 * A kernel that runs on in an older version installs into that; and a pip that was at work when the version changed
 * ends its work there. By their times these are told from what the change has taken over already.
 */
export async function lateArrivals(
  context: Context,
  environment: Environment,
  installed: readonly Installed[],
): Promise<readonly LateArrivals[]> {
  const { fs } = context;
  const current = await readRecord(fs, environment, environment.current.number);
  if (current === undefined) return [];
  // Whoever made the current version has looked at the ones before it then.
  const sinceMs = current.madeMs - current.tookMs;
  const here = new Map(installed.map((one) => [one.name, one.version]));
  const late: LateArrivals[] = [];
  const known = new Set([current.number]);
  for (let record: VersionRecord | undefined = current; record?.from !== undefined; ) {
    const version: number = record.from;
    if (known.has(version) || known.size > versionsBack) break;
    known.add(version);
    const tree = generationDir(fs, environment, version);
    const packages = await installedSince(context, tree, { sinceMs, here });
    if (packages.length > 0) late.push({ tree, version, packages });
    record = await readRecord(fs, environment, version);
  }
  return late;
}

/** Programs seldom live through more. */
const versionsBack = 8;

async function installedSince(
  context: Context,
  tree: AbsPath,
  { sinceMs, here }: { readonly sinceMs: number; readonly here: ReadonlyMap<string, string> },
): Promise<readonly Installed[]> {
  const { fs } = context;
  // Of a collected version a link to the current one is left.
  const isThere = (await fs.linkInfo(tree))?.kind === "directory" && (await readReceipt(fs, tree)) !== undefined;
  if (!isThere) return [];
  const { added, changed } = await inspectTree(context, tree);
  const found: Installed[] = [];
  for (const one of [...added, ...changed.map((item) => item.to)]) {
    if (here.get(one.name) === one.version) continue;
    const info = await fs.linkInfo(one.at);
    if (info !== undefined && info.modifiedMs > sinceMs) found.push(one);
  }
  return found;
}
