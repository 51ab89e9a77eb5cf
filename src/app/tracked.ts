import { type AbsPath, isVenvoyError, printable, typedWord } from "../base/index.ts";
import { decodeSource, encodeSource, type SourceText } from "../codec/index.ts";
import { explainingDisk } from "../disk/index.ts";
import type { Environment, Wanted } from "../env/index.ts";
import {
  editProject,
  editRequirements,
  followChange,
  type ListChange,
  type ListedRequirement,
  listProject,
  listRequirements,
} from "../exchange/index.ts";
import type { Lock } from "../resolve/index.ts";
import { type Context, shownPath } from "./context.ts";

export interface TrackedChange {
  readonly wanted: Pick<Wanted, "requirements">;
  readonly lock: Pick<Lock, "packages">;
  readonly dryRun?: boolean;
}

/** A list of requirements in a project's file. */
export interface TrackedFile {
  readonly source: SourceText;
  readonly items: readonly ListedRequirement[];
  /** Why it can't be edited; a clause. */
  readonly refusal?: string | undefined;
}

/** `undefined` when there is no such file. Throws `FILE_UNREADABLE` for a `pyproject.toml` that is not TOML. */
export async function readTracked(context: Context, file: AbsPath): Promise<TrackedFile | undefined> {
  if ((await context.fs.info(file))?.kind !== "file") return undefined;
  const source = decodeSource(await context.fs.read(file));
  if (isProject(context, file)) return { source, ...listProject(source.text, shownPath(context, file)) };
  const { items, hasHashes } = listRequirements(source.text);
  const refusal = hasHashes ? "it has hashes, which every change would make wrong" : undefined;
  return { source, items, refusal };
}

/** The text of a file after an edit; nothing but the touched lines differs. */
export function editTracked(context: Context, file: AbsPath, text: string, change: ListChange): string {
  return isProject(context, file) ? editProject(text, change) : editRequirements(text, change);
}

export async function saveTracked(context: Context, file: AbsPath, { encoding }: SourceText, text: string) {
  const mode = (await context.fs.info(file))?.mode;
  const bytes = encodeSource(text, encoding) ?? new TextEncoder().encode(text);
  await explainingDisk(file, () =>
    context.fs.writeAtomic(file, bytes, mode === undefined ? {} : { mode: mode & 0o7777 }),
  );
}

/**
 * Writes a change of what is asked for into the files that follow the environment, and says what it wrote and where file
 * and environment differ. Never fails: the change itself is done.
 */
export async function writeTracked(
  context: Context,
  { intent, label }: Environment,
  change: TrackedChange,
): Promise<readonly string[]> {
  const notes: string[] = [];
  for (const path of intent.tracked) {
    const file = context.fs.path.resolve(context.system.cwd, path);
    try {
      notes.push(...(await follow(context, file, { ...change, before: intent, label })));
    } catch (error) {
      if (!isVenvoyError(error)) throw error;
      notes.push(`${shown(context, file)} was not written: ${error.message}`);
    }
  }
  return notes;
}

interface Following extends TrackedChange {
  readonly before: Pick<Wanted, "requirements">;
  readonly label: string;
}

async function follow(context: Context, file: AbsPath, { wanted, before, lock, dryRun, label }: Following) {
  const name = shown(context, file);
  const read = await readTracked(context, file);
  if (read === undefined)
    return [`${name} is gone: nothing was written (venvoy track --stop ${typedWord(name)} -n ${typedWord(label)})`];
  if (read.refusal !== undefined) return [`${name} was not written: ${read.refusal}`];
  const change = followChange(read.items, { before: before.requirements, after: wanted.requirements, lock });
  const text = editTracked(context, file, read.source.text, change);
  const notes = drift(read.items, { wanted, lock, change, name, label });
  if (text === read.source.text) return notes;
  if (dryRun !== true) await saveTracked(context, file, read.source, text);
  const there = new Set(read.items.map(({ requirement }) => requirement.name as string));
  const gone = [...change.removed].map((key) => key.split(";")[0] ?? "").filter((one) => there.has(one));
  const words = [...change.put.map((one) => `+ ${one}`), ...new Set(gone.map((one) => `- ${one}`))].join(", ");
  return [`${dryRun ? "would write" : "wrote"} ${name}: ${words}`, ...notes];
}

/** What a person wrote into the file, or took out of it, stays so; it is told, since the environment doesn't follow. */
export function drift(
  items: readonly ListedRequirement[],
  facts: Pick<TrackedChange, "wanted" | "lock"> & {
    readonly change: ListChange;
    readonly name: string;
    readonly label: string;
  },
): readonly string[] {
  const { wanted, lock, change, name, label } = facts;
  // A list of everything that is installed differs in nothing.
  const there = new Set<string>(lock.packages.map((one) => one.name));
  const asked = new Set(wanted.requirements.map(({ text }) => nameOf(text)));
  const listed = new Set<string>(items.map(({ requirement }) => requirement.name));
  const put = new Set(change.put.map(nameOf));
  const removed = new Set([...change.removed].map((key) => key.split(";")[0] ?? ""));
  const extra = [...listed].filter((one) => !asked.has(one) && !there.has(one) && !removed.has(one));
  const lacking = [...asked].filter((one) => !listed.has(one) && !put.has(one));
  return [
    ...(extra.length === 0
      ? []
      : [
          `${name} also asks for ${extra.join(", ")}: venvoy add -n ${typedWord(label)} ${extra.join(" ")} brings that in`,
        ]),
    ...(lacking.length === 0
      ? []
      : [
          `${name} doesn't ask for ${lacking.join(", ")}: venvoy remove -n ${typedWord(label)} ${lacking.join(" ")} takes that out`,
        ]),
  ];
}

function nameOf(text: string): string {
  return (/^[\w.-]+/.exec(text)?.[0] ?? "").replace(/[-_.]+/g, "-").toLowerCase();
}

function isProject(context: Context, file: AbsPath): boolean {
  return context.fs.path.name(file) === "pyproject.toml";
}

function shown(context: Context, file: AbsPath): string {
  return printable(shownPath(context, file), { newlines: false });
}
