import { type AbsPath, VenvoyError } from "../../base/index.ts";
import { publishDir, withStage } from "../../disk/index.ts";
import { inOp } from "../../ports/index.ts";
import { type Context, pathFrom, shownPath } from "../context.ts";
import type { OperationOptions } from "../requests.ts";
import { targetEnvironment } from "../targets.ts";
import { archiveEnding, formOfName, notesOnZip } from "./archive-form.ts";
import { ownBinary, programIn } from "./carried.ts";
import { buildSealed } from "./seal.ts";

export interface PackRequest extends OperationOptions {
  /** The environment; else the active one. */
  readonly name?: string;
  /** A `.tar.gz`, `.tar.zst` or `.zip` file, or a directory that isn't there yet. */
  readonly output: string;
  /** Takes this binary of venvoy along, for machines with neither Python nor network. */
  readonly withVenvoy?: boolean;
  readonly dryRun?: boolean;
}

export interface PackReport {
  readonly environment: string;
  readonly version: number;
  readonly path: AbsPath;
  readonly kind: "archive" | "directory";
  readonly pythonVersion: string;
  readonly packages: number;
  readonly files: number;
  /** Of the tree. */
  readonly treeBytes: number;
  /** Of the archive. */
  readonly bytes: number | undefined;
  /** Libraries of this system that lie in it. */
  readonly libraries: readonly string[];
  readonly notes: readonly string[];
  /** Path of venvoy in the tree. */
  readonly program: string | undefined;
  readonly written: boolean;
}

/**
 * Writes an environment with its Python into one archive or directory that can be moved and mounted anywhere, also read-only. The
 * same version of an environment makes the same bytes. Throws `FILE_EXISTS`, `ENV_CHANGED`, `PYTHON_UNSUITED`.
 */
export async function pack(context: Context, request: PackRequest): Promise<PackReport> {
  const { fs } = context;
  const output = pathFrom(context, request.output);
  const form = formOfName(fs.path.name(output));
  const venvoy = request.withVenvoy === true ? ownBinary(context) : undefined;
  const environment = await targetEnvironment(context, request.name);
  if ((await fs.linkInfo(output)) !== undefined) {
    throw new VenvoyError("FILE_EXISTS", `\`${shownPath(context, output)}\` is there already`, {
      hint: "remove it first, or name another with -o",
      data: { file: output },
    });
  }
  const signal = request.signal ?? new AbortController().signal;
  const parent = fs.path.directory(output);
  await fs.makeDir(parent);
  // An archive is written from links, which stand on the store's disk; a directory is the person's, and so are its files.
  const place = form === undefined ? parent : context.layout.stage;
  return withStage(context, place, form === undefined ? ".venvoy-pack" : "pack", async (stage) => {
    const root = fs.path.join(stage, "tree");
    await fs.makeDir(root);
    const options = {
      ...(form === undefined ? ({ files: "own" } as const) : {}),
      ...(venvoy === undefined ? {} : { venvoy }),
    };
    const { tree, version, members } = await buildSealed(context, environment, root, signal, options);
    const report = {
      environment: environment.label,
      version,
      path: output,
      pythonVersion: tree.pythonVersion,
      packages: tree.packages,
      files: members.filter(({ kind }) => kind === "file").length,
      treeBytes: members.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      libraries: tree.libraries,
      notes: tree.notes,
      program: venvoy === undefined ? undefined : programIn(context.system).program,
      written: request.dryRun !== true,
    };
    if (form === undefined) {
      if (request.dryRun !== true) await publish(context, root, output);
      return { ...report, kind: "directory", bytes: undefined };
    }
    const top = fs.path.name(output).replace(archiveEnding, "");
    return withStage(context, parent, ".venvoy-pack", async (beside) => {
      const file = fs.path.join(beside, "archive");
      const { treeBytes: total } = report;
      await inOp(context.reporter, { kind: "pack", label: top, total }, (id) => {
        const onProgress = (done: number): void => context.reporter.emit({ type: "op:progress", id, done });
        return fs.writeArchive({ form, root, members, top, to: file, signal, onProgress });
      });
      if (request.dryRun !== true) await fs.rename(file, output);
      const bytes = (await fs.info(request.dryRun === true ? file : output))?.sizeBytes;
      const notes = form === "zip" ? [...report.notes, ...notesOnZip(members)] : report.notes;
      return { ...report, notes, kind: "archive", bytes };
    });
  });
}

async function publish(context: Context, root: AbsPath, output: AbsPath): Promise<void> {
  if (await publishDir(context.fs, root, output)) return;
  throw new VenvoyError("FILE_EXISTS", `\`${shownPath(context, output)}\` is there already`, {
    data: { file: output },
  });
}
