import type { AbsPath } from "../base/index.ts";
import { parsePyvenvCfg, pyvenvCfg } from "../python/index.ts";
import type { EnvContext } from "./change.ts";
import type { EnvIo } from "./env-io.ts";
import { type Environment, linkText, readIfThere } from "./environment.ts";
import { generationsDir, materialisedVersions } from "./place.ts";
import { formatReceipt, type Receipt, readReceipt, receiptFile } from "./receipt.ts";

/**
 * The whole data directory may have been moved. `pyvenv.cfg` and the link to the interpreter hold its path (Python reads
 * neither relative to the tree), so trees whose base link is elsewhere are pointed at the one of this data directory.
 */
export async function healTrees(io: EnvIo, context: EnvContext, environment: Environment): Promise<void> {
  const { fs } = io;
  const directory = generationsDir(fs, environment);
  for (const number of await materialisedVersions(fs, environment)) {
    await healTree(io, context, fs.path.join(directory, String(number)));
  }
}

/** True when the tree was pointed at another base link. */
export async function healTree(io: EnvIo, context: Pick<EnvContext, "layout">, tree: AbsPath): Promise<boolean> {
  const { fs } = io;
  const receipt = await readReceipt(fs, tree);
  if (receipt === undefined) return false;
  const link = fs.path.join(context.layout.bases, receipt.base.key);
  if (receipt.base.link === link || (await fs.info(receipt.base.link)) !== undefined) return false;
  if ((await fs.info(link)) === undefined) return false;
  await pointAt(io, tree, receipt, link);
  return true;
}

async function pointAt(io: EnvIo, tree: AbsPath, receipt: Receipt, link: AbsPath): Promise<void> {
  const { fs } = io;
  const executable = fs.path.join(link, ...receipt.base.program.split("/"));
  const config = fs.path.join(tree, "pyvenv.cfg");
  const facts = parsePyvenvCfg((await readIfThere(fs, config)) ?? "");
  const text = pyvenvCfg(
    { program: executable, home: fs.path.directory(executable) },
    {
      version: receipt.base.version,
      implementation: facts.get("implementation") ?? "CPython",
      systemSitePackages: facts.get("include-system-site-packages") === "true",
    },
  );
  const python = fs.path.join(tree, ...receipt.bin.split("/"), "python");
  if ((await linkText(fs, python)) !== undefined) await fs.replaceLink(executable, python, "file");
  await fs.writeAtomic(config, text);
  // Last: it says that the tree stands on the new link.
  await fs.writeAtomic(receiptFile(fs, tree), formatReceipt({ ...receipt, base: { ...receipt.base, link } }));
}
