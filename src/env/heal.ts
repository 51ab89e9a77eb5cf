import type { AbsPath } from "../base/index.ts";
import { type Base, parsePyvenvCfg, pyvenvCfg } from "../python/index.ts";
import type { EnvContext } from "./change.ts";
import type { EnvIo } from "./env-io.ts";
import type { Environment } from "./environment.ts";
import { programOf } from "./interpreter-links.ts";
import { generationsDir, materialisedVersions } from "./place.ts";
import { linkText, readIfThere } from "./read-files.ts";
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
  if (receipt === undefined || receipt.layout === "standalone") return false;
  const link = fs.path.join(context.layout.bases, receipt.base.key);
  if (receipt.base.link === link || (await fs.info(receipt.base.link)) !== undefined) return false;
  if ((await fs.info(link)) === undefined) return false;
  await pointAt(io, tree, { ...receipt, base: { ...receipt.base, link } });
  return true;
}

/**
 * Makes a tree say what it stands on now: its Python was upgraded in place, or its base link leads to another
 * installation of the same kind, which may name its program otherwise. True when something was written.
 */
export async function followBase(io: EnvIo, tree: AbsPath, base: Base): Promise<boolean> {
  const { fs } = io;
  const receipt = await readReceipt(fs, tree);
  if (receipt === undefined || receipt.layout === "standalone" || receipt.base.key !== base.key) return false;
  const follows = { ...receipt.base, link: base.link, version: base.interpreter.version };
  const old = fs.path.join(base.link, ...receipt.base.program.split("/"));
  if ((await fs.info(old)) === undefined) follows.program = programOf(io, base);
  const { link, version, program } = receipt.base;
  if (link === follows.link && version === follows.version && program === follows.program) return false;
  await pointAt(io, tree, { ...receipt, base: follows });
  return true;
}

/** Writes a receipt whose `base` is another one, and before it what Python reads. */
async function pointAt(io: EnvIo, tree: AbsPath, receipt: Receipt): Promise<void> {
  const { fs } = io;
  if (receipt.layout === "plain") return fs.writeAtomic(receiptFile(fs, tree), formatReceipt(receipt));
  const executable = fs.path.join(receipt.base.link, ...receipt.base.program.split("/"));
  const config = fs.path.join(tree, "pyvenv.cfg");
  const facts = parsePyvenvCfg((await readIfThere(fs, config)) ?? "");
  const prompt = facts.get("prompt");
  const text = pyvenvCfg(
    { program: executable, home: fs.path.directory(executable) },
    {
      version: receipt.base.version,
      implementation: facts.get("implementation") ?? "CPython",
      systemSitePackages: facts.get("include-system-site-packages") === "true",
      ...(prompt === undefined ? {} : { prompt }),
    },
  );
  const python = fs.path.join(tree, ...receipt.bin.split("/"), "python");
  const target = await linkText(fs, python);
  if (target !== undefined && target !== executable) await fs.replaceLink(executable, python, "file");
  await fs.writeAtomic(config, text);
  // Last: it says that the tree stands on the new link.
  await fs.writeAtomic(receiptFile(fs, tree), formatReceipt(receipt));
}
