import type { AbsPath } from "../../base/index.ts";
import { intentFile, isDirectoryName } from "../../env/index.ts";
import { type FileCheck, formatMemo, type LaunchMemo, memoName } from "../../launch/index.ts";
import type { Context } from "../context.ts";
import type { RunRequest } from "../requests.ts";
import type { Choice } from "./choose.ts";
import type { Ready } from "./ready.ts";
import type { Runnable } from "./runnable.ts";

/** Writes down what a plain `run FILE` decided, so that the next one starts without deciding. */
export async function remember(
  context: Context,
  {
    runnable,
    choice,
    ready,
    request,
    python,
    bin,
    set,
  }: {
    readonly runnable: Runnable;
    readonly choice: Choice;
    readonly ready: Ready;
    readonly request: RunRequest;
    readonly python: AbsPath;
    readonly bin: AbsPath;
    readonly set: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const { given } = runnable;
  if (given === undefined || ready.useMark === undefined || !isPlain(request) || ready.notes.length > 0) return;
  const script = await checkOf(context, given);
  const interpreter = await checkOf(context, python);
  // Variables of the environment stand there; they may change without a new version.
  const kept =
    ready.pointer === undefined
      ? []
      : await checksOf(context, [intentFile(context.fs, { dir: context.fs.path.directory(ready.pointer) })]);
  if (script === undefined || interpreter === undefined) return;
  const header = runnable.header?.kind ?? "none";
  const memo: LaunchMemo = {
    format: 1,
    script,
    files: [interpreter, ...kept],
    links: await linksOf(context, choice, ready),
    // Without a header that names an environment, an active one would have been taken.
    variables:
      choice.kind === "named" && header === "none"
        ? {
            VIRTUAL_ENV: context.system.env["VIRTUAL_ENV"] ?? null,
            CONDA_PREFIX: context.system.env["CONDA_PREFIX"] ?? null,
          }
        : {},
    python,
    bin,
    environment: ready.environment,
    set,
    useMark: ready.useMark,
  };
  await writeMemo(context, memoName(given), formatMemo(memo));
}

/** Whole or not at all, but not synced: one that a crash has cut counts as absent. */
async function writeMemo({ fs, layout, system }: Context, name: string, text: string): Promise<void> {
  const staged = fs.path.join(layout.launch, `.tmp-${Buffer.from(system.random(9)).toString("hex")}`);
  await fs.makeDir(layout.launch);
  try {
    await fs.write(staged, text);
    await fs.rename(staged, fs.path.join(layout.launch, name));
  } catch (error) {
    await fs.remove(staged).catch(() => {});
    throw error;
  }
}

/**
 * The pointer to the version, and the links that say which environment has the name: it may be renamed, and another one
 * may take the name then.
 */
async function linksOf({ fs, layout }: Context, choice: Choice, ready: Ready): Promise<LaunchMemo["links"]> {
  if (ready.pointer === undefined) return [];
  const named =
    choice.kind === "named" && !isDirectoryName(choice.name) ? [fs.path.join(layout.envs, choice.name)] : [];
  const links: { path: string; target: string }[] = [];
  for (const path of new Set([ready.pointer, ready.environment, ...named])) {
    // A name in another case has no link of its own, and an environment in a directory is none.
    if ((await fs.linkInfo(path))?.kind === "symlink") links.push({ path, target: await fs.readLink(path) });
  }
  return links;
}

/** Anything that a flag decided is decided again next time. */
function isPlain(request: RunRequest): boolean {
  const {
    target,
    args: _args,
    signal: _signal,
    confirm: _confirm,
    confirmRebuild: _confirmRebuild,
    with: extra,
    isolated,
    frozen,
    project,
    ...choices
  } = request;
  const flags = extra === undefined || extra.length === 0 ? [isolated, frozen, project] : [true];
  return (
    target.kind === "file" && !flags.includes(true) && Object.values(choices).every((value) => value === undefined)
  );
}

async function checksOf(context: Context, paths: readonly AbsPath[]): Promise<readonly FileCheck[]> {
  const checks = await Promise.all(paths.map((path) => checkOf(context, path)));
  return checks.filter((check) => check !== undefined);
}

async function checkOf(context: Context, path: AbsPath): Promise<FileCheck | undefined> {
  const info = await context.fs.info(path);
  return info === undefined
    ? undefined
    : { path, sizeBytes: info.sizeBytes, modifiedMs: info.modifiedMs, inode: info.inode };
}
