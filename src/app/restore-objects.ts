import type { AbsPath } from "../base/index.ts";
import { type Environment, generationDir, linkStored, type PublicationOf } from "../env/index.ts";
import { formOf, openPublication, readReleases } from "../share/index.ts";
import { objectPath, type StoredObject } from "../store/index.ts";
import type { Context } from "./context.ts";
import type { VerifyReport } from "./outcomes.ts";
import { contentOfList } from "./pull/release.ts";
import { readReferences } from "./references.ts";

/** A file of a copy of a release that is, or was, one with an object. */
interface User {
  readonly environment: Environment;
  readonly publication: PublicationOf;
  readonly path: string;
  readonly at: AbsPath;
}

/**
 * Compares every file of releases with its digest, and sets right what differs from where it was published, if that is there:
 * a copy of a release is what was published, whoever wrote into it. What was written is put aside.
 */
export async function verifyObjects(context: Context): Promise<VerifyReport["damaged"]> {
  const damaged = await context.objects.damaged();
  if (damaged.length === 0) return [];
  const users = await usersOf(context, damaged);
  const told: VerifyReport["damaged"][number][] = [];
  for (const one of damaged) told.push(await restoreOne(context, one, users.get(objectPath(one)) ?? []));
  return told;
}

async function usersOf(
  context: Context,
  damaged: readonly StoredObject[],
): Promise<ReadonlyMap<string, readonly User[]>> {
  const { fs } = context;
  const wanted = new Set(damaged.map(objectPath));
  const users = new Map<string, User[]>();
  for (const { environment, receipts } of (await readReferences(context)).environments) {
    const { publication } = environment.intent;
    for (const { generation, pulled } of receipts) {
      if (pulled !== true || publication === undefined) continue;
      const tree = generationDir(fs, environment, generation);
      const list = fs.path.join(tree, ".venvoy", "files");
      const { files } = contentOfList(context, await fs.readText(list), list);
      for (const file of files) {
        const key = objectPath(file);
        if (!wanted.has(key)) continue;
        const at = fs.path.join(tree, ...file.path.split("/"));
        users.set(key, [...(users.get(key) ?? []), { environment, publication, path: file.path, at }]);
      }
    }
  }
  return users;
}

async function restoreOne(
  context: Context,
  one: StoredObject,
  users: readonly User[],
): Promise<VerifyReport["damaged"][number]> {
  const { fs, objects } = context;
  const [first] = users;
  const facts = {
    artifact: first === undefined ? "a release" : `${first.environment.label}, release ${first.publication.release}`,
    file: first?.path ?? objectPath(one),
    problem: "changed" as const,
  };
  const sharers = await sharersOf(context, one, users);
  const why = await fetchAgain(context, one, users);
  if (why !== undefined) return { ...facts, restored: false, why };
  const names = new Set<string>();
  for (const { at, environment } of sharers) {
    await linkStored(context, objects.at(one), at);
    names.add(environment.label);
  }
  const aside = fs.path.join(context.layout.data, "edited", "releases", one.sha256.slice(0, 16));
  return {
    ...facts,
    restored: true,
    ...((await fs.info(aside)) === undefined ? {} : { keptAs: aside }),
    ...(names.size === 0 ? {} : { relinked: [...names].sort() }),
  };
}

async function sharersOf(
  { fs, objects }: Context,
  one: StoredObject,
  users: readonly User[],
): Promise<readonly User[]> {
  const [its, ...infos] = await fs.linkInfos([objects.at(one), ...users.map(({ at }) => at)]);
  return users.filter((_, index) => infos[index]?.inode === its?.inode && infos[index]?.device === its?.device);
}

/** Replaces the object; a clause says why it can't be. */
async function fetchAgain(context: Context, one: StoredObject, users: readonly User[]): Promise<string | undefined> {
  const { fs, objects, layout } = context;
  let why = "no environment here is a copy of a release that has it; venvoy clean takes it away";
  for (const { publication: ref } of new Map(users.map((user) => [user.publication.id, user])).values()) {
    try {
      const publication = await openPublication(context, fs.path.resolve(context.system.cwd, ref.from));
      if (publication.facts.id !== ref.id) throw new Error("another publication lies there now");
      const { records } = await readReleases(context, publication);
      const record = records.find(({ release }) => release === ref.release) ?? records.at(-1);
      if (record === undefined) continue;
      await formOf(publication.facts.form).withObjects(context, publication, record, async (from) => {
        await objects.measure(from, [one]);
        const shelf = fs.path.join(layout.data, "edited", "releases");
        await fs.makeDir(shelf);
        await fs.copyFile(objects.at(one), fs.path.join(shelf, one.sha256.slice(0, 16)));
        await objects.discard(one);
        await objects.bring(from, [one]);
      });
      return undefined;
    } catch (error) {
      // Told as the reason; another copy may know another way.
      why = error instanceof Error ? error.message : String(error);
    }
  }
  return why;
}
