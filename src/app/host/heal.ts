import type { AbsPath } from "../../base/index.ts";
import { type Environment, plainTrash, readInstalled } from "../../env/index.ts";
import { faultsOf } from "../../host/index.ts";
import type { Context } from "../context.ts";

/**
 * Takes out of a folder of packages what no import can want: half a replacement that pip left (`~umpy`), metadata without
 * a package, and of two versions of one project the metadata of the one whose files are gone. Says what it was.
 */
export async function clearDebris(context: Context, environment: Environment): Promise<readonly string[]> {
  const { fs } = context;
  const { root } = environment;
  const doomed = new Map<string, string>();
  for (const { name } of (await fs.list(root)) ?? [])
    if (name.startsWith("~")) doomed.set(name, `${name}: left by a pip that was stopped`);
  const installed = await readInstalled(context, root);
  for (const fault of await faultsOf(fs, root)) {
    if (fault.kind === "duplicate") {
      const kept = await youngest(context, root, fault.entries);
      for (const entry of fault.entries)
        if (entry !== kept) doomed.set(entry, `${entry}: a second version of ${fault.name}`);
    } else if (fault.version !== undefined && !installed.some((one) => one.name === fault.name)) {
      for (const { name } of (await fs.list(root)) ?? [])
        if (name.endsWith(".dist-info") && name.startsWith(`${fault.name}-`)) doomed.set(name, `${name}: ${fault.why}`);
    }
  }
  const trash = fs.path.join(plainTrash(fs, environment), `debris-${Math.round(context.clock.now())}`);
  const said: string[] = [];
  for (const [name, why] of doomed) {
    if (await moved(context, fs.path.join(root, name), fs.path.join(trash, name))) said.push(why);
  }
  return said;
}

/** pip writes the metadata of the new version last. */
async function youngest({ fs }: Context, root: AbsPath, entries: readonly string[]): Promise<string | undefined> {
  const infos = await fs.linkInfos(entries.map((entry) => fs.path.join(root, entry)));
  const times = infos.map((info) => info?.modifiedMs ?? 0);
  return entries[times.indexOf(Math.max(...times))];
}

/** A file that belongs to no package and whose place is needed: kept beside, not removed. Says where it is. */
export async function keepAside(context: Context, environment: Environment, path: string): Promise<string> {
  const { fs } = context;
  const to = fs.path.join(environment.dir, "aside", ...path.split("/"));
  await fs.makeDir(fs.path.directory(to));
  await fs.remove(to);
  await fs.rename(fs.path.join(environment.root, ...path.split("/")), to);
  return `${path}: of no package, and in the way; it is kept as ${to}`;
}

async function moved({ fs }: Context, from: AbsPath, to: AbsPath): Promise<boolean> {
  try {
    await fs.makeDir(fs.path.directory(to));
    await fs.rename(from, to);
    return true;
  } catch {
    // A directory with a loaded file can't be renamed on Windows; nothing imports it, so it may wait.
    return false;
  }
}
