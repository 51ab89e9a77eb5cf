import { type AbsPath, printable, typedWord, VenvoyError } from "../base/index.ts";
import { decodeSource, encodeSource, type SourceText } from "../codec/index.ts";
import { explainingDisk } from "../disk/index.ts";
import { type Environment, readLock } from "../env/index.ts";
import {
  type Contents,
  freezeText,
  writeCondaFile,
  writeInlineHeader,
  writeLock,
  writeProject,
  writeRequirements,
  writeRhinoHeader,
} from "../exchange/index.ts";
import { targetOf } from "../python/index.ts";
import { baseOfEnvironment } from "./bases.ts";
import { carryOver } from "./by-hand.ts";
import { type Context, pathFrom, shownPath } from "./context.ts";
import { type ExportFormat, exportFormats, formatOfFile } from "./export-formats.ts";
import { headerForScript, projectForFile } from "./export-into.ts";
import { seenFrom } from "./installed.ts";
import { placesIn } from "./locking/lock-sources.ts";
import { repositoriesOf } from "./pip/repositories.ts";
import type { OperationOptions } from "./requests.ts";
import { targetEnvironment } from "./targets.ts";

export interface ExportRequest extends OperationOptions {
  /** The environment; else the active one. */
  readonly name?: string;
  /** Left out: what the name of `output` says, else `requirements`. */
  readonly as?: ExportFormat;
  /** Where to write it. A `pyproject.toml` or a script that is there already keeps everything else that it holds. */
  readonly output?: string;
  /** Exact versions of everything, in place of what was asked for. */
  readonly pinned?: boolean;
  /** In a requirements file: the sha256 of every file, too. */
  readonly hashes?: boolean;
  /** Called when a file with other content would be overwritten. Left out, or false: `FILE_EXISTS`. */
  readonly overwrite?: (file: string) => Promise<boolean>;
  readonly dryRun?: boolean;
}

export interface ExportReport {
  readonly environment: string;
  readonly format: ExportFormat;
  readonly text: string;
  readonly file?: AbsPath;
  /** False when nothing was to be written: no file was given, it has that content already, or it was a dry run. */
  readonly written: boolean;
  readonly notes: readonly string[];
}

/** Writes down what an environment is. The same environment gives the same text. Changes nothing but the file. */
export async function exportEnvironment(context: Context, request: ExportRequest): Promise<ExportReport> {
  const file = request.output === undefined ? undefined : pathFrom(context, request.output);
  const format = request.as ?? (file === undefined ? "requirements" : formatOfFile(context.fs.path.name(file)));
  checkOptions(format, request);
  const environment = await targetEnvironment(context, request.name);
  const lock = await readLock(context.fs, environment, environment.current.number);
  const carried = await carryOver(context, environment, lock);
  const contents: Contents = {
    name: environment.label,
    wanted: carried.environment.intent,
    lock: lock ?? { packages: [] },
    pythonVersion: environment.intent.standing.pythonVersion,
  };
  const there = file === undefined ? undefined : await sourceIfThere(context, file);
  const text = await textOf(context, environment, { contents, format, file, before: there?.text, request });
  const written = file !== undefined && there?.text !== text && !request.dryRun;
  if (file !== undefined && written) await write(context, file, { there, text, format, request });
  const isExact = format === "pylock" || request.pinned || request.hashes;
  const notes = isExact && !carried.isUntouched ? [byHandNote(environment.label)] : [];
  return { environment: environment.label, format, text, ...(file === undefined ? {} : { file }), written, notes };
}

interface TextRequest {
  readonly contents: Contents;
  readonly format: ExportFormat;
  readonly file: AbsPath | undefined;
  readonly before: string | undefined;
  readonly request: ExportRequest;
}

async function textOf(context: Context, environment: Environment, wanted: TextRequest): Promise<string> {
  const { contents, format, file, before, request } = wanted;
  const pinned = request.pinned ?? false;
  switch (format) {
    case "requirements":
      return writeRequirements(contents, { pinned, hashes: request.hashes ?? false });
    case "pyproject":
      return before === undefined ? writeProject(contents, { pinned }) : projectForFile(before, contents, { pinned });
    case "environment.yml":
      return writeCondaFile(contents, { pinned });
    case "script-header":
      return before === undefined
        ? writeInlineHeader(contents, { pinned })
        : headerForScript(before, contents, { pinned });
    case "rhino-header":
      return before === undefined
        ? writeRhinoHeader(contents, { pinned })
        : headerForScript(before, contents, { pinned });
    case "pylock": {
      const base = await baseOfEnvironment(context, environment, request.signal);
      return writeLock(contents.lock, targetOf(base.interpreter), placesIn(context, file));
    }
    case "pip-freeze":
      return freeze(context, environment);
  }
}

/** Everything that pip sees from inside. */
async function freeze(context: Context, environment: Environment): Promise<string> {
  const seen = await seenFrom(context, environment);
  const repositories = await repositoriesOf(context, seen);
  return freezeText(seen, environment.intent.standing.pythonVersion, { repositories });
}

interface WriteRequest {
  readonly there: SourceText | undefined;
  readonly text: string;
  readonly format: ExportFormat;
  readonly request: ExportRequest;
}

async function write(context: Context, file: AbsPath, { there, text, format, request }: WriteRequest): Promise<void> {
  // These edits keep what else the file holds: nothing is overwritten.
  const isEdit = format === "pyproject" || format === "script-header" || format === "rhino-header";
  const label = shownPath(context, file);
  if (there !== undefined && !isEdit && !((await request.overwrite?.(label)) ?? false)) {
    throw new VenvoyError("FILE_EXISTS", `\`${printable(label)}\` is there already, with other content`, {
      hint: "add --yes to overwrite it",
      data: { file },
    });
  }
  const mode = (await context.fs.info(file))?.mode;
  await explainingDisk(file, async () => {
    await context.fs.makeDir(context.fs.path.directory(file));
    const bytes = isEdit ? encodeSource(text, there?.encoding ?? "utf-8") : undefined;
    await context.fs.writeAtomic(file, bytes ?? text, mode === undefined ? {} : { mode: mode & 0o7777 });
  });
}

async function sourceIfThere(context: Context, file: AbsPath): Promise<SourceText | undefined> {
  const info = await context.fs.info(file);
  if (info === undefined) return undefined;
  if (info.kind === "file") return decodeSource(await context.fs.read(file));
  throw new VenvoyError("FILE_EXISTS", `\`${printable(shownPath(context, file))}\` is not a file`, { data: { file } });
}

function checkOptions(format: ExportFormat, { pinned, hashes }: ExportRequest): void {
  const refuse = (message: string, hint: string): VenvoyError => new VenvoyError("ARGUMENT_INVALID", message, { hint });
  if (!exportFormats.some((one) => one === format))
    throw refuse(`\`${printable(format)}\` is no format that venvoy writes`, `--as ${exportFormats.join(", ")}`);
  if (hashes && format !== "requirements")
    throw refuse(`\`--hash\` is for requirements, not for \`${format}\``, "--as pylock holds the hashes by itself");
  if (pinned && (format === "pylock" || format === "pip-freeze"))
    throw refuse(`\`${format}\` holds exact versions anyway`, "leave out --pinned");
}

function byHandNote(label: string): string {
  return `what was installed by hand since is not in it; any change of ${label} takes it over (venvoy show ${typedWord(label)} lists it)`;
}
