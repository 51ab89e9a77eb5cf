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
 * Python. They come with every Python, under two names in its history.
 */
async function copyLaunchers(io: EnvIo, base: Base, bin: AbsPath, shape: VenvLayout): Promise<void> {
  const { fs } = io;
  const places = [["Lib", "venv", "scripts", "nt"], []];
  for (const name of shape.programs) {
    const launcher = name.replace(/^python/, "venvlauncher").replace("venvlauncherw", "venvwlauncher");
    for (const place of places) {
      const candidates = [launcher, name].map((file) => fs.path.join(base.interpreter.prefix, ...place, file));
      const found = await firstThere(io, candidates);
      if (found === undefined) continue;
      await fs.copyFile(found, fs.path.join(bin, name));
      break;
    }
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
