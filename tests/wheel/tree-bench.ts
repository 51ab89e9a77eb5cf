import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type AbsPath, absPath, type PackageName, type SafeUrl } from "../../src/base/index.ts";
import type { Artifact } from "../../src/store/index.ts";
import { type LinkSummary, linkArtifacts, type TreePaths } from "../../src/wheel/index.ts";
import { type RealPython, realPythons } from "../kit/real-pythons.ts";
import type { StoreBench } from "../store/store-bench.ts";

/** One real Python to build trees with; the newest that is here. */
export const python: RealPython | undefined = realPythons().at(-1);

export interface Tree {
  readonly paths: TreePaths;
  link(artifacts: readonly Artifact[], mode?: "fold" | "hardlink" | "copy", more?: LinkMore): Promise<LinkSummary>;
  /** Runs a program of the tree's scripts directory; gives what it prints. */
  run(program: string, ...args: readonly string[]): string;
}

export interface LinkMore {
  readonly requested?: readonly string[];
  readonly directUrls?: ReadonlyMap<string, SafeUrl>;
  readonly bytecode?: "along" | "later";
}

/** A virtual environment without pip, made by Python itself, in `name` below the bench's root. */
export function makeTree(bench: StoreBench, real: RealPython, name = "tree"): Tree {
  const root = absPath(join(bench.root, name));
  execFileSync(real.program, ["-m", "venv", "--without-pip", root]);
  const paths = {
    root,
    sitePackages: absPath(join(root, `lib/python${real.minor}/site-packages`)),
    bin: absPath(join(root, "bin")),
    data: root,
    include: absPath(join(root, `include/site/python${real.minor}`)),
  };
  return {
    paths,
    link: (artifacts, mode = "hardlink", { requested = [], directUrls = new Map(), bytecode = "along" } = {}) =>
      linkArtifacts(bench.io, artifacts, paths, {
        mode,
        requested: new Set(requested as readonly PackageName[]),
        pythonVersion: `${real.minor}.0`,
        directUrls: directUrls as ReadonlyMap<PackageName, SafeUrl>,
        bytecode,
      }),
    run: (program, ...args) =>
      execFileSync(join(paths.bin, program), args, {
        encoding: "utf8",
        env: { PATH: "/usr/bin:/bin", PIP_CONFIG_FILE: "/dev/null" },
      }),
  };
}

/** The pip that comes with a Python, unpacked in the store. */
export async function bundledPip(bench: StoreBench, real: RealPython): Promise<Artifact> {
  const directory = join(real.prefix, `lib/python${real.minor}/ensurepip/_bundled`);
  const filename = readdirSync(directory).find((name) => name.startsWith("pip-")) ?? "";
  return bench.add(filename, readFileSync(join(directory, filename)));
}

/** Path and digest of every file below a directory, for "nothing has changed". */
export function snapshot(root: AbsPath): string[] {
  return readdirSync(root, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => `${path.slice(root.length)} ${createHash("sha256").update(readFileSync(path)).digest("hex")}`)
    .sort();
}
