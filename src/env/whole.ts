import type { AbsPath } from "../base/index.ts";
import type { EnvIo } from "./env-io.ts";
import { inspectTree } from "./inspect.ts";
import { readReceipt } from "./receipt.ts";

/**
 * What a tree lacks that no tool takes away on purpose, as a clause; `undefined` for a whole one. Packages that are
 * missing are another matter: somebody may have uninstalled them.
 */
export async function faultOfTree({ fs }: Pick<EnvIo, "fs">, tree: AbsPath): Promise<string | undefined> {
  if ((await fs.linkInfo(tree))?.kind !== "directory") return "it is not there";
  const receipt = await readReceipt(fs, tree);
  if (receipt === undefined) return "its receipt is missing";
  if (receipt.layout === "plain") return undefined;
  const program = receipt.layout === "standalone" ? receipt.base.program : "pyvenv.cfg";
  for (const name of [program, receipt.bin, receipt.sitePackages]) {
    if ((await fs.info(fs.path.join(tree, ...name.split("/")))) === undefined) return `its \`${name}\` is missing`;
  }
  return undefined;
}

/** Another tool installed something there, which its lock would not bring back. */
export async function holdsForeignPackages(io: Pick<EnvIo, "fs">, tree: AbsPath): Promise<boolean> {
  const { installed } = await inspectTree(io, tree);
  return installed.some((one) => one.installer !== "venvoy");
}
