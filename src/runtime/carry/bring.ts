import { type AbsPath, byCodePoint } from "../../base/index.ts";
import { readElfRunPaths, runPathTag } from "../../codec/index.ts";
import type { Fs } from "../../ports/index.ts";
import type { CarriedFacts, PreparedPython } from "./carry.ts";
import { systemLibraries } from "./libraries.ts";

/**
 * Libraries of the system that the packages of a tree ask for come along, too, where the program can lead them there. Gives
 * all that came along, and what is missing.
 */
export async function bringLibraries(
  fs: Fs,
  { facts, listing }: PreparedPython,
  root: AbsPath,
): Promise<Pick<CarriedFacts, "libraries" | "missing" | "stuck"> & { readonly freed: readonly string[] }> {
  const known = new Set((await fs.readText(listing.file)).split("\n"));
  const { found, missing, bound } = await systemLibraries(fs, root, (path) => !known.has(path));
  const freed: string[] = [];
  for (const file of bound) if (await freeRunPath(fs, { root, file, leads: facts.leads })) freed.push(file);
  const stuck = sorted([...facts.stuck, ...bound.filter((file) => !freed.includes(file))]);
  if (!facts.leads) {
    const all = sorted([...facts.missing, ...missing, ...found.map(sonameOf)]);
    return { libraries: facts.libraries, missing: all, stuck, freed };
  }
  for (const { soname, path } of found) await fs.copyFile(path, fs.path.join(root, "lib", soname));
  return {
    libraries: sorted([...facts.libraries, ...found.map(sonameOf)]),
    missing: sorted([...facts.missing, ...missing]),
    stuck,
    freed,
  };
}

/**
 * Takes the places of this machine out of a library's own search path. What it found there lies in the tree now, where the
 * program's path leads: for a library that has an RPATH or none, that one counts, too. The file is replaced, never written
 * in place: it may be the store's. False where the program leads nowhere, and the way to the tree's libraries has no room.
 */
export async function freeRunPath(
  fs: Fs,
  { root, file, leads }: { readonly root: AbsPath; readonly file: string; readonly leads: boolean },
): Promise<boolean> {
  const path = fs.path.join(root, ...file.split("/"));
  const bytes = Buffer.from(await fs.read(path));
  const up = file
    .split("/")
    .slice(1)
    .map(() => "..");
  for (const { text, offset, entryOffset } of await readElfRunPaths(async (at, length) =>
    bytes.subarray(at, at + length),
  )) {
    const kept = text.split(":").filter((entry) => entry !== "" && !fs.path.isAbsolute(entry));
    const moved = (leads ? kept : [...kept, ["$ORIGIN", ...up, "lib"].join("/")]).join(":");
    if (Buffer.byteLength(moved) > Buffer.byteLength(text)) return false;
    bytes.fill(0, offset, offset + Buffer.byteLength(text));
    bytes.write(moved, offset);
    if (leads) bytes.set(runPathTag("RPATH", bytes), entryOffset);
  }
  await fs.writeAtomic(path, bytes, { mode: (await fs.info(path))?.mode ?? 0o755 });
  return true;
}

export function sonameOf({ soname }: { readonly soname: string }): string {
  return soname;
}

export function sorted(names: Iterable<string>): readonly string[] {
  return [...new Set(names)].sort(byCodePoint);
}
