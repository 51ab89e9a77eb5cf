import { type AbsPath, mapLimit, printable } from "../base/index.ts";
import { type CarriedFile, type Environment, type FileEdit, type FileInspection, inspectFiles } from "../env/index.ts";
import type { Lock } from "../resolve/index.ts";
import type { Context } from "./context.ts";
import { type Restored, restoreStored } from "./restore-store.ts";

/** What hands did to files, and what becomes of it in the next version. */
export interface HandFiles {
  readonly carried: readonly CarriedFile[];
  /** Edits of packages that are not the same any more: kept beside the versions. */
  readonly aside: readonly { readonly from: AbsPath; readonly to: AbsPath }[];
  readonly notes: readonly string[];
}

export async function inspectHandFiles(context: Context, environment: Environment): Promise<FileInspection> {
  return inspectFiles(context, context.store, environment.current.root);
}

/**
 * Edits go with their package as long as its version stays; else they are put aside, and said. What was put into the
 * tree goes on.
 */
export function planHandFiles(
  context: Context,
  environment: Environment,
  { edits, extra }: FileInspection,
  after: Pick<Lock, "packages">,
): HandFiles {
  const { fs } = context;
  const { root, number } = environment.current;
  const versions = new Map<string, string>(after.packages.map((item) => [item.name, item.version]));
  const at = (directory: AbsPath, path: string): AbsPath => fs.path.join(directory, ...path.split("/"));
  const stays = (edit: FileEdit): boolean => {
    const version = versions.get(edit.package.name);
    return version === undefined ? edit.package.seeded === true : version === edit.package.version;
  };
  const changed = edits.filter((edit) => edit.kind === "changed");
  const kept = changed.filter(stays);
  const gone = changed.filter((edit) => !stays(edit));
  const shelf = fs.path.join(environment.dir, "edited", String(number));
  const back = edits.filter((edit) => edit.kind === "deleted" && stays(edit));
  return {
    carried: [
      ...kept.map(({ path }) => ({ path, from: at(root, path), kind: "edit" as const })),
      ...extra.map((path) => ({ path, from: at(root, path), kind: "extra" as const })),
    ],
    aside: gone.map(({ path }) => ({ from: at(root, path), to: at(shelf, path) })),
    notes: [
      ...(kept.length === 0 ? [] : [`kept what was edited by hand: ${someOf(kept.map(shownEdit))}`]),
      ...(extra.length === 0 ? [] : [`kept what was put in by hand: ${someOf(extra.map(shownFile))}`]),
      ...gone.map((edit) => asideNote(edit, versions.get(edit.package.name), at(shelf, edit.path))),
      ...(back.length === 0 ? [] : [`deleted by hand and back again: ${someOf(back.map(shownEdit))}`]),
    ],
  };
}

function asideNote(edit: FileEdit, now: string | undefined, to: AbsPath): string {
  const { name, version } = edit.package;
  const why = now === undefined ? "goes" : `becomes ${now}`;
  return `${name} ${version} ${why}: ${shownFile(edit.stored)}, edited by hand, is kept as ${printable(to)}`;
}

export async function putAside({ fs }: Context, { aside }: Pick<HandFiles, "aside">): Promise<void> {
  for (const { from, to } of aside) {
    await fs.makeDir(fs.path.directory(to));
    await fs.copyFile(from, to);
  }
}

/**
 * Finds what hands did to files, and takes edits that reached the store out of it at once: with them other environments
 * were edited, too. A dry run only looks.
 */
export async function settleHandFiles(
  context: Context,
  environment: Environment,
  { dryRun = false, signal }: { readonly dryRun?: boolean; readonly signal?: AbortSignal },
): Promise<{ readonly files: FileInspection; readonly notes: readonly string[] }> {
  const files = await inspectHandFiles(context, environment);
  const restored = dryRun ? [] : await restoreShared(context, environment, files, signal);
  if (restored.length === 0) return { files, notes: [] };
  // An edit that is another environment's is not here any more.
  return { files: await inspectHandFiles(context, environment), notes: restoredNotes(restored) };
}

async function restoreShared(
  context: Context,
  here: Environment,
  { edits }: FileInspection,
  signal: AbortSignal | undefined,
): Promise<readonly Restored[]> {
  const shared = edits.filter((edit) => edit.reachesStore);
  const digests = [...new Set(shared.map((edit) => edit.package.sha256))];
  const restored = await mapLimit(digests, 1, async (sha256) => {
    const artifact = await context.store.find(sha256);
    const files = shared.filter((edit) => edit.package.sha256 === sha256).map((edit) => edit.stored);
    const options = { here, ...(signal === undefined ? {} : { signal }) };
    return artifact === undefined ? undefined : restoreStored(context, artifact, files, options);
  });
  return restored.filter((one) => one !== undefined);
}

/** What to tell of it: only where somebody else is concerned, or something is left. */
function restoredNotes(restored: readonly Restored[]): readonly string[] {
  return restored.flatMap(({ artifact, files, left, keptIn, relinked, why, aside }) => {
    const names = relinked.map((one) => one.label).join(", ");
    const name = `${artifact.displayName} ${artifact.version}`;
    const stays = keptIn === undefined ? "" : `, the edit stays in ${keptIn.label}`;
    const shelf = aside === undefined ? "" : `, the edit is kept in ${printable(aside)}`;
    const back = names === "" ? "" : `${names} ${relinked.length === 1 ? "has" : "have"} the original again`;
    return [
      ...(files.length === 0 || (names === "" && aside === undefined)
        ? []
        : [
            `${name}: ${someOf(files.map(shownFile))} was edited by hand${back === "" ? "" : `: ${back}`}${stays}${shelf}`,
          ]),
      ...(left.length === 0
        ? []
        : [
            `${name}: ${someOf(left.map(shownFile))} was edited by hand${names === "" ? "" : `, and ${names} shares it`}; the original can't be brought back now${why === undefined ? "" : ` (${why})`}: venvoy store verify tries again`,
          ]),
    ];
  });
}

/** The path as a person names it: within its package. */
function shownEdit({ stored }: FileEdit): string {
  return shownFile(stored);
}

function shownFile(path: string): string {
  return printable(path.replace(/^(?:site|scripts|data|headers)\//, "").replace(/^.*\/site-packages\//, ""));
}

const shownAtMost = 5;

function someOf(names: readonly string[]): string {
  const more = names.length - shownAtMost;
  const shown = names.slice(0, shownAtMost).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** The same for `show`. */
export function shownHandFiles({ edits, extra }: FileInspection) {
  return {
    edited: edits.filter((edit) => edit.kind === "changed").map(shownEdit),
    deleted: edits.filter((edit) => edit.kind === "deleted").map(shownEdit),
    extra: extra.map(shownFile),
  };
}
