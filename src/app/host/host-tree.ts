import { type AbsPath, printable, VenvoyError } from "../../base/index.ts";
import { type Environment, faultOfTree, isDirectoryName, placesOf, readReceipt } from "../../env/index.ts";
import type { Publication } from "../../share/index.ts";
import { type Context, pathFrom, shownPath } from "../context.ts";
import { materialiseCurrent } from "../materialise.ts";
import { lockOptions } from "../packages.ts";
import { targetPlace } from "../targets.ts";
import { readPublished } from "./published.ts";

/** Packages that a program can be given, whoever keeps them. */
export interface HostTree {
  readonly label: string;
  readonly kind: "environment" | "publication" | "directory";
  readonly layout: "venv" | "plain";
  /** The path that stays: of the environment, the share, the directory. */
  readonly root: AbsPath;
  /** The version or release that is current now. */
  readonly tree: AbsPath;
  readonly sitePackages: AbsPath;
  /** The directory of its programs, where it has one. */
  readonly bin: AbsPath | undefined;
  /** `3.11.7`, or as much of it as is known. */
  readonly python: string;
  /** Of a share. */
  readonly release?: number;
  readonly publication?: Publication;
  /** One of venvoy's own on this machine. */
  readonly environment?: Environment;
}

/**
 * What `-n` means where packages are given to a program: an environment, a directory of packages with or without a Python, or
 * a share with releases, whose pointer is read here once. Throws `ENV_UNKNOWN`, `ENV_BROKEN`.
 */
export async function hostTree(
  context: Context,
  name: string | undefined,
  signal?: AbortSignal | undefined,
): Promise<HostTree> {
  if (name !== undefined && isDirectoryName(name)) {
    const path = pathFrom(context, name);
    const published = await readPublished(context, path);
    if (published !== undefined) {
      const { release, tree, publication } = published;
      const found = await carriedTree(context, tree);
      if (found === undefined) throw notWhole(context, tree);
      return {
        // What a share says of itself is outside text.
        label: printable(publication.facts.name, { newlines: false }),
        kind: "publication",
        layout: "venv",
        root: path,
        tree,
        release,
        publication,
        ...found,
      };
    }
    if ((await context.home.find(name)) === undefined) {
      const found = await carriedTree(context, path);
      if (found !== undefined)
        return {
          label: context.fs.path.name(path),
          kind: "directory",
          layout: "venv",
          root: path,
          tree: path,
          ...found,
        };
    }
  }
  return ofEnvironment(context, name, signal);
}

async function ofEnvironment(
  context: Context,
  name: string | undefined,
  signal: AbortSignal | undefined,
): Promise<HostTree> {
  const { fs } = context;
  let environment = await context.home.open((await targetPlace(context, name)).root);
  if ((await faultOfTree(context, environment.current.root)) !== undefined) {
    await context.home.using(environment, lockOptions(`give ${environment.label} to a program`, signal), (held) =>
      materialiseCurrent(context, held, signal === undefined ? {} : { signal }),
    );
    environment = await context.home.open(environment.root);
  }
  const tree = environment.current.root;
  const receipt = await readReceipt(fs, tree);
  const isPlain = environment.intent.layout === "plain";
  const places = await placesOf(context, tree);
  return {
    label: environment.label,
    kind: "environment",
    layout: isPlain ? "plain" : "venv",
    root: environment.root,
    tree,
    sitePackages: isPlain ? tree : places.sitePackages,
    bin: isPlain ? undefined : places.bin,
    python: receipt?.base.version ?? environment.intent.standing.pythonVersion,
    environment,
  };
}

/** A tree that says of itself which Python its packages are for: an unpacked archive, a release, a virtual environment. */
async function carriedTree(
  { fs }: Context,
  tree: AbsPath,
): Promise<Pick<HostTree, "sitePackages" | "bin" | "python"> | undefined> {
  const python = await pythonOf({ fs }, tree);
  if (python === undefined) return undefined;
  const minor = python.split(".").slice(0, 2).join(".");
  const shapes: readonly (readonly [string, string])[] = [
    [`lib/python${minor}/site-packages`, "bin"],
    [`lib/python${minor}t/site-packages`, "bin"],
    ["Lib/site-packages", "Scripts"],
  ];
  for (const [site, programs] of shapes) {
    const sitePackages = fs.path.join(tree, ...site.split("/"));
    if ((await fs.info(sitePackages))?.kind !== "directory") continue;
    const bin = fs.path.join(tree, programs);
    return { sitePackages, bin: (await fs.info(bin)) === undefined ? undefined : bin, python };
  }
  return undefined;
}

async function pythonOf({ fs }: Pick<Context, "fs">, tree: AbsPath): Promise<string | undefined> {
  const files = [fs.path.join(tree, "pyvenv.cfg"), fs.path.join(tree, ".venvoy", "standalone.json")];
  for (const file of files) {
    if ((await fs.info(file))?.kind !== "file") continue;
    const found = /(?:^version(?:_info)?[ \t]*=[ \t]*|"python"\s*:\s*")(\d+(?:\.\d+)+)/m.exec(await fs.readText(file));
    if (found?.[1] !== undefined) return found[1];
  }
  return undefined;
}

function notWhole(context: Context, tree: AbsPath): VenvoyError {
  return new VenvoyError(
    "ENV_BROKEN",
    `\`${printable(shownPath(context, tree), { newlines: false })}\` is no whole release`,
    { hint: "publish it anew, or go back to the release before", data: { path: tree } },
  );
}
