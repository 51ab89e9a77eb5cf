import { explainingDisk } from "../disk/index.ts";
import { variableFiles, variableWriters } from "../shell/index.ts";
import type { EnvIo } from "./env-io.ts";
import type { Place } from "./place.ts";

/**
 * Writes an environment's variables where its `bin/activate*` reads them, beside its versions: one file per kind of
 * shell, none when there are no variables.
 */
export async function writeVariables(
  { fs }: Pick<EnvIo, "fs">,
  place: Pick<Place, "dir">,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const files = variableFiles(values);
  for (const name of Object.keys(variableWriters)) {
    const file = fs.path.join(place.dir, name);
    const text = files.get(name);
    await explainingDisk(file, () => (text === undefined ? fs.remove(file) : fs.writeAtomic(file, text)));
  }
}
