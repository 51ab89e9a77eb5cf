import { type AbsPath, VenvoyError } from "../../base/index.ts";
import { publishDir, unpackTar, unpackZip, withStage } from "../../disk/index.ts";
import { type Context, pathFrom, shownPath } from "../context.ts";
import type { OperationOptions } from "../requests.ts";
import { archiveEnding } from "./archive-form.ts";
import { checkListing, factsFile } from "./listing.ts";

export interface UnpackRequest extends OperationOptions {
  /** An archive; a tree that was unpacked with `check`. */
  readonly file: string;
  /** Compares a tree that was unpacked before with its list, and writes nothing. */
  readonly check?: boolean;
  /** Else a directory of the archive's name beside it. */
  readonly to?: string;
}

export interface UnpackReport {
  readonly path: AbsPath;
  /** The environment that it was made from. */
  readonly name: string;
  readonly version: number | undefined;
  readonly pythonVersion: string;
  /** How many files, links and directories were compared with the tree's own list. */
  readonly checked: number;
}

/**
 * Unpacks what `pack` wrote: every file is compared with the list in the archive, and the directory appears whole or not at all.
 * Throws `ARCHIVE_INVALID`, `FILE_EXISTS`, `FILE_UNREADABLE`.
 */
export async function unpack(context: Context, request: UnpackRequest): Promise<UnpackReport> {
  const { fs } = context;
  const archive = pathFrom(context, request.file);
  const label = fs.path.name(archive);
  if (request.check === true) return checkTree(context, archive, label);
  if ((await fs.info(archive))?.kind !== "file") {
    throw new VenvoyError("FILE_UNREADABLE", `There is no file \`${shownPath(context, archive)}\``, {
      data: { file: archive },
    });
  }
  const to = request.to === undefined ? beside(context, archive) : pathFrom(context, request.to);
  if ((await fs.linkInfo(to)) !== undefined) throw taken(context, to);
  await fs.makeDir(fs.path.directory(to));
  return withStage(context, fs.path.directory(to), ".venvoy-unpack", async (stage) => {
    const top = await unpackInto(context, archive, stage, request.signal);
    const report = await compared(context, top, label);
    request.signal?.throwIfAborted();
    if (!(await publishDir(fs, top, to))) throw taken(context, to);
    return { ...report, path: to };
  });
}

async function checkTree(context: Context, tree: AbsPath, label: string): Promise<UnpackReport> {
  if ((await context.fs.info(tree))?.kind === "directory") return compared(context, tree, label);
  throw new VenvoyError("FILE_UNREADABLE", `There is no directory \`${shownPath(context, tree)}\``, {
    hint: "--check takes a tree that was unpacked; without it an archive is unpacked and compared",
    data: { file: tree },
  });
}

/** Compares a tree with its list, and tells what it says of itself. Throws `ARCHIVE_INVALID`. */
async function compared({ fs }: Context, tree: AbsPath, label: string): Promise<UnpackReport> {
  const checked = await checkListing(fs, tree, label);
  const facts: Record<string, unknown> = JSON.parse(await fs.readText(fs.path.join(tree, ...factsFile.split("/"))));
  return {
    path: tree,
    name: String(facts["name"] ?? label),
    version: typeof facts["version"] === "number" ? facts["version"] : undefined,
    pythonVersion: String(facts["python"] ?? ""),
    checked,
  };
}

/** No tree of programs is squeezed better than this; what is, was made to fill a disk. */
const mostSqueezed = 100;
const mostBytesOfSmall = 1 << 30;

/** What somebody may have made to do harm is refused while it is read: the list of files says nothing about that. */
async function unpackInto(
  context: Context,
  archive: AbsPath,
  stage: AbsPath,
  given: AbortSignal | undefined,
): Promise<AbsPath> {
  const { fs, system } = context;
  const signal = given ?? new AbortController().signal;
  const sizeBytes = (await fs.info(archive))?.sizeBytes ?? 0;
  const mostBytes = Math.max(mostBytesOfSmall, sizeBytes * mostSqueezed);
  const head = await fs.readRange(archive, 0, 4);
  if (head[0] === 0x50 && head[1] === 0x4b)
    return unpackZip(context, archive, stage, { links: true, mostBytes, signal });
  return unpackTar(fs, archive, stage, {
    limits: { mostBytes, mostEntries: 1_000_000 },
    rules: { once: true, windows: system.os === "windows", foldsCase: system.os === "macos" },
    signal,
  });
}

function beside(context: Context, archive: AbsPath): AbsPath {
  const { path } = context.fs;
  return path.join(path.directory(archive), path.name(archive).replace(archiveEnding, "") || "environment");
}

function taken(context: Context, to: AbsPath): VenvoyError {
  return new VenvoyError("FILE_EXISTS", `\`${shownPath(context, to)}\` is there already`, {
    hint: "name a directory that isn't there yet behind the archive",
    data: { path: to },
  });
}
