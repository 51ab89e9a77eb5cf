import { makeDirLike, modeOf } from "../access.ts";
import type { PublicationForm } from "../form.ts";
import { posixLauncher } from "../launchers/posix.ts";
import { cmdLauncher, powershellLauncher } from "../launchers/windows.ts";
import { checkStillThere } from "../publication.ts";
import { missingObjects, objectsOf, writeObjects } from "./objects.ts";
import { whilePending } from "./pending.ts";
import { readList } from "./read-list.ts";
import { sweep } from "./sweep.ts";
import { placeTree } from "./tree.ts";
import { verify } from "./verify.ts";

/** Trees over common objects, for shares that machines have mounted. */
export const directoryForm: PublicationForm = {
  name: "share",
  hasTrees: true,
  async plan(io, publication, tree) {
    const needs = objectsOf(tree);
    return sum(publication === undefined ? needs : await missingObjects(io, publication.places.objects, needs));
  },
  async push(io, publication, release, tree, signal) {
    const { places, root } = publication;
    const mode = await modeOf(io, root);
    const needs = objectsOf(tree);
    const names = needs.map(({ name }) => name);
    for (const directory of [places.objects, places.releases]) await makeDirLike(io, directory, mode);
    return whilePending(io, publication, names, mode, async () => {
      const missing = await missingObjects(io, places.objects, needs);
      await writeObjects(io, publication, tree, missing, { mode, signal });
      await checkStillThere(io, publication);
      const notes = await placeTree(io, publication, release, tree, { mode, signal });
      return { ...sum(missing), notes, record: {} };
    });
  },
  list: readList,
  withObjects: (_io, { places }, _record, use) => use(places.objects),
  pointer: ({ release }) => `${release}\n`,
  launchers: (program) => [
    { name: program, text: posixLauncher(program), executable: true },
    { name: `${program}.cmd`, text: cmdLauncher(program), executable: false },
    { name: `${program}.ps1`, text: powershellLauncher(program), executable: false },
  ],
  sweep,
  verify,
};

function sum(needs: readonly { readonly sizeBytes: number }[]): { readonly bytes: number; readonly files: number } {
  return { bytes: needs.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0), files: needs.length };
}
