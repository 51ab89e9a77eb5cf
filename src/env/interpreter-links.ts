import { type AbsPath, VenvoyError } from "../base/index.ts";
import { type Base, pyvenvCfg, type VenvLayout } from "../python/index.ts";
import type { TreePaths } from "../wheel/index.ts";
import type { EnvIo } from "./env-io.ts";

/**
 * Writes what makes a directory a virtual environment (PEP 405): `pyvenv.cfg`, the interpreter's names, `lib64`.
 *
 * The program is an absolute link through the base's stable link. A relative one would be shorter, but CPython 3.11 and
 * later read link texts without following directory links, and reached through `envs/<name>` they would take a
 * directory that doesn't exist for their base (measured: `sys._base_executable`, and with it `python -m venv`).
 */
export async function writeInterpreter(
  io: EnvIo,
  paths: TreePaths,
  shape: VenvLayout,
  { base, systemSitePackages }: { readonly base: Base; readonly systemSitePackages: boolean },
): Promise<void> {
  const { fs } = io;
  const executable = fs.path.join(base.link, ...programOf(io, base).split("/"));
  const { version, markers } = base.interpreter;
  await fs.write(
    fs.path.join(paths.root, "pyvenv.cfg"),
    pyvenvCfg(
      { program: executable, home: fs.path.directory(executable) },
      { version, implementation: markers.platform_python_implementation, systemSitePackages },
    ),
  );
  await fs.makeDir(paths.bin);
  if (shape.copiesLaunchers) await copyLaunchers(io, base, paths.bin, shape);
  else await linkPrograms(io, executable, paths.bin, shape);
  for (const { name, text } of shape.links) await fs.symlink(text, fs.path.join(paths.root, name), "directory");
}

async function linkPrograms(io: EnvIo, executable: AbsPath, bin: AbsPath, shape: VenvLayout): Promise<void> {
  const [first = "python", ...others] = shape.programs;
  await io.fs.symlink(executable, io.fs.path.join(bin, first), "file");
  for (const name of others) await io.fs.symlink(first, io.fs.path.join(bin, name), "file");
}

/**
 * Windows has no links for everybody, so `venv` puts small programs there that read `pyvenv.cfg` and start the base's
 * Python. They come with python.org's installer, under two names in its history. The embeddable package and others leave
 * them out: then the Python itself is copied, with the libraries that it must find beside it.
 */
async function copyLaunchers(io: EnvIo, base: Base, bin: AbsPath, shape: VenvLayout): Promise<void> {
  const { fs } = io;
  const { prefix } = base.interpreter;
  let isWhole = true;
  for (const name of shape.programs) {
    const launcher = name.replace(/^python/, "venvlauncher").replace("venvlauncherw", "venvwlauncher");
    const small = [launcher, name].map((file) => fs.path.join(prefix, "Lib", "venv", "scripts", "nt", file));
    const found = await firstThere(io, [...small, fs.path.join(prefix, name)]);
    if (found === undefined) continue;
    await fs.copyFile(found, fs.path.join(bin, name));
    isWhole &&= small.includes(found);
  }
  if (!isWhole) await copyLibraries(io, prefix, bin);
}

async function copyLibraries({ fs }: EnvIo, prefix: AbsPath, bin: AbsPath): Promise<void> {
  for (const { name } of (await fs.list(prefix)) ?? []) {
    if (!/^(?:python\d+t?|libpypy[\d.]+-c|vcruntime\d+(?:_\d)?)\.dll$/i.test(name)) continue;
    await fs.copyFile(fs.path.join(prefix, name), fs.path.join(bin, name));
  }
}

async function firstThere(io: EnvIo, files: readonly AbsPath[]): Promise<AbsPath | undefined> {
  for (const file of files) if ((await io.fs.info(file)) !== undefined) return file;
  return undefined;
}

/** The interpreter's program relative to its installation, with `/`: `bin/python3.11`. */
export function programOf(io: Pick<EnvIo, "fs">, base: Base): string {
  const { path } = io.fs;
  const { executable, prefix } = base.interpreter;
  if (!path.isInside(prefix, executable)) {
    throw new VenvoyError(
      "PYTHON_BROKEN",
      `The Python \`${executable}\` doesn't lie in its own installation \`${prefix}\``,
      {
        hint: "Choose another Python with --python; `venvoy python list` shows all",
        data: { executable, prefix },
      },
    );
  }
  return path.relative(prefix, executable).split(path.separator).join("/");
}
