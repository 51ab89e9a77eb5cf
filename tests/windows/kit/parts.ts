import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../../kit/binary.ts";

/** Bytedeco's build of CPython is the only whole Python for Windows that a package registry has. */
const python = { version: "3.11.3", artifact: "org.bytedeco:cpython:3.11.3-1.5.9:jar:windows-x86_64" } as const;

const kept = join(repository, "dist", "windows");

export const windowsBinary = join(repository, "dist", "venvoy.exe");

/** Bun's program for Windows, of the version that builds; `build.mjs windows` fetched it. */
export function windowsBun(): string {
  const name = readdirSync(kept).find((entry) => /^bun-\d+\.\d+\.\d+$/.test(entry));
  return join(kept, name ?? "bun", "package", "bin", "bun.exe");
}

export function isInstalled(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" }).status === 0;
}

/** Builds the binary when it is missing or older than a source. */
export function buildBinary(): void {
  const sources = ["src", "package-lock.json", "scripts/build.mjs"];
  const newer = ["-newer", windowsBinary, "-print", "-quit"];
  const isFresh =
    existsSync(windowsBinary) && spawnSync("find", [...sources, ...newer], { cwd: repository }).stdout.length === 0;
  if (!isFresh) execFileSync(process.execPath, ["scripts/build.mjs", "windows"], { cwd: repository, stdio: "pipe" });
}

/**
 * A directory with `python.exe` and its `Lib`, fetched once by Maven's own client; else why there is none. It comes without
 * `venv`'s small launchers, as the embeddable package does, and with pip beside the standard library, from where it is
 * taken to `site-packages`, its usual place.
 */
export function windowsPython(): { readonly directory: string } | { readonly missing: string } {
  const directory = join(kept, `python-${python.version}`);
  if (existsSync(directory)) return { directory };
  for (const program of ["mvn", "python3"]) {
    if (!isInstalled(program)) return { missing: `${program} is not installed, which fetches a Python for Windows` };
  }
  mkdirSync(kept, { recursive: true });
  const stage = mkdtempSync(join(kept, "python-"));
  try {
    const plugin = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy";
    const words = [plugin, `-Dartifact=${python.artifact}`, `-DoutputDirectory=${stage}`];
    const { status, stdout } = spawnSync("mvn", ["-B", "-q", ...words], { timeout: 600_000, encoding: "utf8" });
    const archive = readdirSync(stage).find((name) => name.endsWith(".jar"));
    if (status !== 0 || archive === undefined) return { missing: `Maven didn't bring it: ${stdout.slice(-300)}` };
    execFileSync("python3", ["-m", "zipfile", "-e", join(stage, archive), stage]);
    const tree = join(stage, "org", "bytedeco", "cpython", "windows-x86_64");
    settle(tree);
    renameSync(tree, directory);
    return { directory };
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

function settle(tree: string): void {
  cpSync(join(tree, "bin", "pythonw.exe"), join(tree, "pythonw.exe"));
  renameSync(join(tree, "lib"), join(tree, "Lib"));
  for (const name of readdirSync(join(tree, "Lib"))) {
    if (!/^(?:pip|setuptools|pkg_resources|_distutils_hack)(?:-.*)?$/.test(name)) continue;
    if (!statSync(join(tree, "Lib", name)).isDirectory()) continue;
    renameSync(join(tree, "Lib", name), join(tree, "Lib", "site-packages", name));
  }
  // Where wine shows no file of its own, these stand beside the program, as in python.org's installation.
  for (const name of ["vcruntime140.dll", "vcruntime140_1.dll"]) {
    const library = join(tree, "Lib", name);
    if (existsSync(library)) cpSync(library, join(tree, name));
  }
}
