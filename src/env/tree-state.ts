import { type AbsPath, byCodePoint } from "../base/index.ts";
import type { EnvIo } from "./env-io.ts";
import { inspectTree } from "./inspect.ts";

/** What is installed in a tree, by whom and when: the same text means that nobody installed or removed anything. */
export async function stateOf(io: EnvIo, tree: AbsPath): Promise<string> {
  const { installed } = await inspectTree(io, tree);
  const infos = await io.fs.linkInfos(installed.map((one) => one.at));
  return installed
    .map((one, index) => `${one.entry} ${one.installer} ${infos[index]?.modifiedMs}`)
    .sort(byCodePoint)
    .join("\n");
}
