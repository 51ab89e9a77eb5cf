import { type AbsPath, printable, typedWord, VenvoyError } from "../base/index.ts";
import { decodeSource } from "../codec/index.ts";
import { type Environment, readLock } from "../env/index.ts";
import { type ListChange, requirementKey } from "../exchange/index.ts";
import { parseRequirement } from "../pep/index.ts";
import { type Context, pathFrom, shownPath } from "./context.ts";
import { lockOptions } from "./packages.ts";
import type { OperationOptions } from "./requests.ts";
import { targetPlace } from "./targets.ts";
import { drift, editTracked, readTracked, saveTracked, type TrackedFile } from "./tracked.ts";

export interface TrackRequest extends OperationOptions {
  /** A requirements file, or a `pyproject.toml`. May be left out with `stop`: all of them. */
  readonly file?: string;
  /** The environment; else the active one. */
  readonly name?: string;
  readonly stop?: boolean;
  readonly dryRun?: boolean;
}

export interface TrackReport {
  readonly environment: string;
  /** The files that follow it from now on. */
  readonly tracked: readonly string[];
  readonly stopped: readonly string[];
  readonly dryRun: boolean;
  /** What the file lacked and got. */
  readonly written: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Lets a project's file follow an environment: every change of what is asked for is written there, too. What the file
 * lacks comes in at once. Throws `FILE_UNREADABLE` for a file that can't follow.
 */
export async function track(context: Context, request: TrackRequest): Promise<TrackReport> {
  const place = await targetPlace(context, request.name);
  const purpose = request.stop ? "stop tracking a file" : `track ${request.file ?? ""}`;
  return context.home.using(place, lockOptions(purpose, request.signal), async (held) => {
    const { environment } = held;
    const { tracked } = environment.intent;
    const report = (patch: Partial<TrackReport>): TrackReport => ({
      environment: environment.label,
      tracked: tracked.map((one) => shownPath(context, one)),
      stopped: [],
      dryRun: request.dryRun ?? false,
      written: [],
      notes: [],
      ...patch,
    });
    const file = request.file === undefined ? undefined : await realFile(context, request.file);
    if (request.stop) {
      const stopped = file === undefined ? tracked : tracked.filter((one) => one === file);
      if (file !== undefined && stopped.length === 0) throw notTracked(context, environment.label, file);
      const kept = tracked.filter((one) => !stopped.includes(one));
      if (!request.dryRun) await held.edit({ tracked: kept });
      const words = (all: readonly string[]): readonly string[] => all.map((one) => shownPath(context, one));
      return report({ tracked: words(kept), stopped: words(stopped) });
    }
    if (file === undefined) return report({});
    const { change, notes } = await bringIn(context, file, environment, request.dryRun);
    const all = [...new Set([...tracked, file])];
    if (!request.dryRun) await held.edit({ tracked: all });
    return report({ tracked: all.map((one) => shownPath(context, one)), written: change.put, notes });
  });
}

/** Writes what the file lacks; takes nothing away. */
async function bringIn(
  context: Context,
  file: AbsPath,
  environment: Environment,
  dryRun: boolean | undefined,
): Promise<{ readonly change: ListChange; readonly notes: readonly string[] }> {
  const { source, items } = await followable(context, file);
  const { intent: wanted, label } = environment;
  const lock = (await readLock(context.fs, environment, environment.current.number)) ?? { packages: [] };
  const there = new Set(items.map(({ requirement }) => requirement.name as string));
  const put = wanted.requirements
    .map(({ text }) => parseRequirement(text))
    .filter((one) => !there.has(one.name))
    .map((one) => one.shown);
  const change: ListChange = { put, removed: new Set() };
  const text = editTracked(context, file, source.text, change);
  const isNew = (await context.fs.info(file)) === undefined;
  if (dryRun !== true && (isNew || text !== source.text)) await saveTracked(context, file, source, text);
  const other = items.filter(({ requirement }) =>
    wanted.requirements.some(({ text: asked }) => {
      const mine = parseRequirement(asked);
      return requirementKey(mine) === requirementKey(requirement) && mine.toString() !== requirement.toString();
    }),
  );
  const name = shownPath(context, file);
  const differs = other.map(
    ({ text: said, requirement, line }) =>
      `${name} line ${line} says \`${printable(said)}\`, and ${label} is asked for another ${requirement.name}`,
  );
  return { change, notes: [...differs, ...drift(items, { wanted, lock, change, name, label })] };
}

async function followable(context: Context, file: AbsPath): Promise<TrackedFile> {
  const { fs } = context;
  const name = fs.path.name(file);
  const label = printable(shownPath(context, file), { newlines: false });
  const refuse = (why: string, hint: string): VenvoyError =>
    new VenvoyError("FILE_UNREADABLE", `\`${label}\` can't follow an environment: ${why}`, { hint, data: { file } });
  if (name !== "pyproject.toml" && !/\.(txt|in)$/i.test(name))
    throw refuse("it is no list of requirements", "track a requirements.txt or a pyproject.toml");
  const read = await readTracked(context, file);
  if (read?.refusal !== undefined) throw refuse(read.refusal, "venvoy export prints what belongs there");
  if (read !== undefined) return read;
  if ((await fs.info(file)) !== undefined) throw refuse("it is not a file", "name a file");
  if (name === "pyproject.toml")
    throw refuse("there is no such file", `venvoy export -o ${typedWord(label)} makes one`);
  if ((await fs.info(fs.path.directory(file)))?.kind !== "directory")
    throw refuse("its directory doesn't exist", "make the directory first");
  return { source: decodeSource(""), items: [] };
}

/** A file that is reached by a link is written where it lies: the link stays one. */
async function realFile(context: Context, given: string): Promise<AbsPath> {
  const path = pathFrom(context, given);
  return (await context.fs.info(path)) === undefined ? path : context.fs.realPath(path);
}

function notTracked(context: Context, label: string, file: AbsPath): VenvoyError {
  return new VenvoyError("FILE_UNREADABLE", `\`${shownPath(context, file)}\` doesn't follow \`${label}\``, {
    hint: `venvoy show ${typedWord(label)} lists the files that do`,
    data: { file },
  });
}
