import type { AbsPath } from "../base/index.ts";
import { hasCode } from "../base/index.ts";
import type { DirEntry, Fs } from "../ports/index.ts";
import type { EnvIo } from "./env-io.ts";
import { readIfThere } from "./read-files.ts";

/**
 * A plain directory is only on `sys.path`: Python reads no `.pth` there, so what an editable install relies on does
 * nothing. Each package that its `.pth` (a path, or setuptools' finder with its table) leads to becomes a link to the
 * sources, which every import sees as they are now.
 */
export async function linkEditables({ fs }: Pick<EnvIo, "fs">, directory: AbsPath): Promise<void> {
  for (const { name } of (await fs.list(directory)) ?? []) {
    if (name.endsWith(".pth")) await linkPaths(fs, directory, await readIfThere(fs, fs.path.join(directory, name)));
    if (/^__editable__.*_finder\.py$/.test(name))
      await linkTable(fs, directory, (await readIfThere(fs, fs.path.join(directory, name))) ?? "");
  }
}

/** What lies beside packages in a project's directory and is none. */
const besides = /^(?:tests?|docs?|examples?|benchmarks?|build|dist|setup|conftest|noxfile|tasks|fabfile)$/;

async function linkPaths(fs: Fs, directory: AbsPath, text: string | undefined): Promise<void> {
  for (const line of (text ?? "").split(/\r?\n/)) {
    const path = line.trim();
    if (path === "" || path.startsWith("#") || /^import\s/.test(path) || !fs.path.isAbsolute(path)) continue;
    const sources = fs.path.resolve(directory, path);
    for (const entry of (await fs.list(sources)) ?? []) {
      const module = entry.kind === "file" ? /^([A-Za-z_]\w*)\.py$/.exec(entry.name)?.[1] : entry.name;
      if (module === undefined || besides.test(module) || !(await isImportable(fs, sources, entry))) continue;
      await link(fs, fs.path.join(sources, entry.name), fs.path.join(directory, entry.name));
    }
  }
}

async function isImportable(fs: Fs, sources: AbsPath, { name, kind }: DirEntry): Promise<boolean> {
  if (kind === "file") return true;
  return /^[A-Za-z_]\w*$/.test(name) && (await fs.info(fs.path.join(sources, name, "__init__.py"))) !== undefined;
}

/** `MAPPING: dict[str, str] = {'demo': '/home/ann/demo/src/demo'}`, as setuptools writes it. */
async function linkTable(fs: Fs, directory: AbsPath, text: string): Promise<void> {
  const table = /^MAPPING(?::[^=]*)? = \{(.*)\}$/m.exec(text)?.[1] ?? "";
  for (const [, module = "", quoted = ""] of table.matchAll(
    /'([A-Za-z_][\w.]*)': ('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")/g,
  )) {
    if (module.includes(".")) continue;
    const target = quoted.slice(1, -1).replace(/\\(.)/g, "$1");
    if (!fs.path.isAbsolute(target)) continue;
    const from = fs.path.resolve(directory, target);
    const isModule = (await fs.info(from)) === undefined;
    const source = isModule ? fs.path.resolve(directory, `${target}.py`) : from;
    await link(fs, source, fs.path.join(directory, isModule ? `${module}.py` : module));
  }
}

async function link(fs: Fs, source: AbsPath, to: AbsPath): Promise<void> {
  const info = await fs.info(source);
  if (info === undefined || (await fs.linkInfo(to)) !== undefined) return;
  try {
    await fs.symlink(source, to, info.kind === "file" ? "file" : "directory");
  } catch (error) {
    // Windows lets only some people link files; a second name on the same disk does the same.
    if (info.kind !== "file" || !hasCode(error, "EPERM")) throw error;
    await fs.hardLink(source, to);
  }
}
