import { type AbsPath, parseSha256, printable, VenvoyError } from "../../base/index.ts";
import { createHash } from "../../codec/index.ts";
import { withStage } from "../../disk/index.ts";
import {
  bytesOf,
  checkFits,
  type FormName,
  findPublication,
  foreseePublish,
  onShare,
  type Published,
  packagesOf,
  parseFileList,
  publishTree,
  type SealedTree,
  shareNow,
} from "../../share/index.ts";
import { type Context, pathFrom } from "../context.ts";
import type { OperationOptions } from "../requests.ts";
import { buildSealed, type Sealed } from "../standalone/seal.ts";
import { targetEnvironment } from "../targets.ts";

export interface PublishRequest extends OperationOptions {
  /** The environment; else the active one. */
  readonly name?: string;
  /** A directory: empty, not there yet, or one that this environment was published to before. */
  readonly destination: string;
  /** For the first release; later ones take the form that is there. */
  readonly form?: FormName;
  /** A sentence for whoever reads the list of releases. */
  readonly note?: string;
  /** How many releases stay, the newest ones; older ones that are used stay, too. */
  readonly keep?: number;
  /** Leaves the current release current. */
  readonly noSwitch?: boolean;
  readonly dryRun?: boolean;
}

export interface PublishReport extends Published {
  readonly environment: string;
  readonly path: AbsPath;
  readonly pythonVersion: string;
  readonly platform: string;
  readonly packages: number;
  readonly files: number;
  readonly bytes: number;
  readonly dryRun: boolean;
  readonly elapsedMs: number;
}

/**
 * Publishes an environment, with its Python, to a directory that others read: only what isn't there travels, and readers have the old
 * release or the new one at every instant. Throws `PUBLICATION_TAKEN`, `PUBLICATION_GONE`, `DISK_FULL`, `DISK_READ_ONLY`, and as `pack`.
 */
export async function publish(context: Context, request: PublishRequest): Promise<PublishReport> {
  const startedMs = context.clock.elapsed();
  const { fs } = context;
  const { note, keep, form, dryRun = false } = request;
  const root = pathFrom(context, request.destination);
  const signal = request.signal ?? new AbortController().signal;
  const environment = await targetEnvironment(context, request.name);
  const name = environment.label;
  checkKeep(keep);
  // What can't be published there is told before the tree is built.
  await onShare(root, async () => {
    checkFits(root, await findPublication(context, root), { name, ...(form === undefined ? {} : { form }) });
    if (!dryRun) await tryOut(context, root);
  });
  return withStage(context, context.layout.stage, "publish", async (stage) => {
    const treeRoot = fs.path.join(stage, "tree");
    await fs.makeDir(treeRoot);
    const sealed = await buildSealed(context, environment, treeRoot, signal, { pinned: true });
    const tree = sealedTree(treeRoot, sealed);
    const { pythonVersion } = sealed.tree;
    const wish = {
      name,
      tree,
      python: pythonVersion,
      platform: sealed.platform,
      noSwitch: request.noSwitch ?? false,
      signal,
      ...(form === undefined ? {} : { form }),
      ...(note === undefined ? {} : { note: printable(note, { newlines: false }) }),
      ...(keep === undefined ? {} : { keep }),
    };
    const published = await onShare(root, async () => {
      if (dryRun) return foreseePublish(context, root, wish);
      await fs.makeDir(root);
      return publishTree(context, root, wish);
    });
    return {
      ...published,
      environment: name,
      path: root,
      pythonVersion,
      platform: sealed.platform,
      packages: packagesOf(tree).length,
      files: tree.files.length + 1,
      bytes: bytesOf(tree),
      notes: [...sealed.tree.notes, ...published.notes],
      dryRun,
      elapsedMs: context.clock.elapsed() - startedMs,
    };
  });
}

function sealedTree(root: AbsPath, { list, members }: Sealed): SealedTree {
  const { files, links } = parseFileList(list, root);
  const sizes = new Map(members.map(({ path, sizeBytes }) => [path, sizeBytes]));
  return {
    root,
    list,
    digest: parseSha256(createHash("sha256").update(list).digest("hex")),
    files: files.map((file) => ({ ...file, sizeBytes: sizes.get(file.path) ?? 0 })),
    links,
    directories: members.flatMap(({ kind, path }) => (kind === "directory" ? [path] : [])),
  };
}

/** Writes where the publication is, or where it would be made: what can't be built must not leave an empty directory there. */
async function tryOut(context: Context, root: AbsPath): Promise<void> {
  const { fs } = context;
  let place = root;
  while ((await fs.info(place)) === undefined && fs.path.directory(place) !== place) place = fs.path.directory(place);
  await shareNow(context, place);
}

function checkKeep(keep: number | undefined): void {
  if (keep === undefined || (Number.isSafeInteger(keep) && keep >= 1)) return;
  throw new VenvoyError("ARGUMENT_INVALID", "`--keep` takes a whole number, 1 or more", { hint: "--keep 5" });
}
