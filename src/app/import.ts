import { type AbsPath, isVenvoyError, printable, typedWord, VenvoyError } from "../base/index.ts";
import { type ForeignKind, type ForeignPlace, findForeign, type LeftOut } from "../exchange/index.ts";
import { type Context, pathFrom, shownPath } from "./context.ts";
import { importEnvironment } from "./import-environment.ts";
import { importFile } from "./import-file.ts";
import type { ChangeReport } from "./outcomes.ts";
import type { ChangeOptions } from "./requests.ts";

export interface ImportRequest extends ChangeOptions {
  /** A file (requirements, pylock, pyproject, environment.yml, a script), an environment of another tool, or its home. */
  readonly path: string;
  /** Left out: the name that it has there. Not for a home, whose environments keep theirs. */
  readonly name?: string;
  /** Leaves out packages that can't be had, in place of refusing. */
  readonly skipMissing?: boolean;
}

/** One environment that came in. */
export interface Imported {
  readonly name: string;
  readonly from: AbsPath;
  readonly kind: ForeignKind | "file";
  readonly change: ChangeReport;
  /** What didn't come along, and why. */
  readonly leftOut: readonly LeftOut[];
}

/** One of a home that could not be imported; the others were. */
export interface NotImported {
  readonly name: string;
  readonly from: AbsPath;
  readonly code: string;
  readonly why: string;
  readonly hint?: string;
}

export interface ImportReport {
  readonly imported: readonly Imported[];
  readonly failed: readonly NotImported[];
  readonly notes: readonly string[];
}

/**
 * Makes environments of what another tool wrote or made, with the same versions. The original is only read. Each comes
 * whole or not at all; of a home, those that can come do. Throws `IMPORT_UNKNOWN`, `IMPORT_INCOMPLETE`, `ENV_EXISTS`.
 */
export async function importFrom(context: Context, request: ImportRequest): Promise<ImportReport> {
  const path = pathFrom(context, request.path);
  const info = await context.fs.info(path);
  if (info === undefined) {
    throw new VenvoyError("FILE_UNREADABLE", `\`${printable(request.path)}\`: there is no such file or directory`, {
      data: { file: path },
    });
  }
  if (info.kind === "file") return reportOf([await importFile(context, path, request)], []);
  await checkForeign(context, path);
  const { isHome, places } = await findForeign(context.fs, path);
  const [first] = places;
  if (first === undefined) throw nothingThere(context, path);
  if (!isHome) return reportOf([await importEnvironment(context, first, request)], []);
  if (request.name !== undefined) throw severalThere(context, path, places, request.name);
  return importHome(context, places, request);
}

/** One after the other: each shows its plan, and what one has downloaded serves the next. */
async function importHome(
  context: Context,
  places: readonly ForeignPlace[],
  request: ImportRequest,
): Promise<ImportReport> {
  const imported: Imported[] = [];
  const failed: NotImported[] = [];
  for (const place of places) {
    try {
      imported.push(await importEnvironment(context, place, request));
    } catch (error) {
      if (!(error instanceof VenvoyError) || isVenvoyError(error, "ABORTED")) throw error;
      failed.push(notImported(place, error));
    }
  }
  return reportOf(imported, failed);
}

function notImported({ name, root }: ForeignPlace, error: VenvoyError): NotImported {
  const { code, message, hint } = error;
  const other = code === "ENV_EXISTS" ? `venvoy import ${typedWord(root)} OTHER-NAME` : hint;
  return { name, from: root, code, why: message, ...(other === undefined ? {} : { hint: other }) };
}

function reportOf(imported: readonly Imported[], failed: readonly NotImported[]): ImportReport {
  return { imported, failed, notes: imported.flatMap(({ change }) => change.notes) };
}

/** An environment of ours is cloned, not imported. */
async function checkForeign(context: Context, path: AbsPath): Promise<void> {
  const { fs, layout } = context;
  const isOurs =
    fs.path.isInside(layout.envs, path) || (await fs.info(fs.path.join(path, ".venvoy", "intent.toml"))) !== undefined;
  if (!isOurs) return;
  throw new VenvoyError("IMPORT_UNKNOWN", `\`${shownPath(context, path)}\` is an environment of venvoy already`, {
    hint: "venvoy clone A B makes another one of it",
    data: { path },
  });
}

function nothingThere(context: Context, path: AbsPath): VenvoyError {
  const shown = printable(shownPath(context, path), { newlines: false });
  return new VenvoyError("IMPORT_UNKNOWN", `\`${shown}\` holds no environment that can be imported`, {
    hint: "name an environment, a directory of environments, or a file such as requirements.txt",
    data: { path },
  });
}

function severalThere(context: Context, path: AbsPath, places: readonly ForeignPlace[], name: string): VenvoyError {
  const shown = printable(shownPath(context, path), { newlines: false });
  const [first] = places;
  return new VenvoyError(
    "ARGUMENT_INVALID",
    `\`${shown}\` holds ${places.length === 1 ? "environments" : `${places.length} environments`}, and they keep their names`,
    {
      hint: `leave out \`${printable(name)}\`, or import one: venvoy import ${typedWord(first?.root ?? shown)} ${printable(name)}`,
      data: { path, names: places.map((place) => place.name) },
    },
  );
}
