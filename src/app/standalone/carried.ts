import { type AbsPath, printable, VenvoyError } from "../../base/index.ts";
import { readDistributions } from "../../exchange/index.ts";
import { evaluateMarker, normalizeName, parseRequirement, type Requirement, tryParseVersion } from "../../pep/index.ts";
import { markersOfBase, parsePythonRequest } from "../../python/index.ts";
import type { Context } from "../context.ts";
import type { EnvironmentSummary } from "../outcomes.ts";
import { factsFile } from "./listing.ts";

/** The tree that this very program lies in (`pack --with-venvoy`): what it runs things with, unless it is told otherwise. */
export interface CarriedTree {
  readonly root: AbsPath;
  readonly name: string;
  readonly version: number | undefined;
  readonly pythonVersion: string;
}

/** The names of the program in a tree, and of the link to it that an activated shell finds. */
export function programIn({ os }: { readonly os: string }): { readonly program: string; readonly link?: string } {
  return os === "windows" ? { program: "venvoy.exe" } : { program: "venvoy", link: "bin/venvoy" };
}

/** The binary to take along. Throws `ARGUMENT_INVALID` where venvoy is a package for Node. */
export function ownBinary({ system, fs }: Pick<Context, "system" | "fs">): AbsPath {
  const [program, ...rest] = system.self;
  if (rest.length === 0) return fs.path.resolve(system.cwd, program);
  throw new VenvoyError(
    "ARGUMENT_INVALID",
    "Only the standalone binary of venvoy can be taken along, and this is venvoy on Node",
    {
      hint: "run the same with the standalone binary, or leave --with-venvoy out",
    },
  );
}

export async function carriedTree({ fs, system }: Pick<Context, "fs" | "system">): Promise<CarriedTree | undefined> {
  const [program, ...rest] = system.self;
  if (rest.length > 0) return undefined;
  const root = fs.path.directory(fs.path.resolve(system.cwd, program));
  const file = fs.path.join(root, ...factsFile.split("/"));
  if ((await fs.info(file))?.kind !== "file") return undefined;
  const facts: Record<string, unknown> = JSON.parse(await fs.readText(file));
  return {
    root,
    name: String(facts["name"] ?? fs.path.name(root)),
    version: typeof facts["version"] === "number" ? facts["version"] : undefined,
    pythonVersion: String(facts["python"] ?? ""),
  };
}

/** Whether a request for a Python means the tree's own, by its version. */
export function fitsCarried(wanted: string, { pythonVersion }: CarriedTree): boolean {
  const request = parsePythonRequest(wanted);
  const version = tryParseVersion(pythonVersion);
  if (version === undefined) return false;
  if (request.kind === "any") return true;
  if (request.kind === "range") return request.specifier.contains(version, { prereleases: true });
  const parts = pythonVersion.split(".").map(Number);
  return request.kind === "version" && request.release.every((part, index) => parts[index] === part);
}

/** Something that a script's header asks for. */
export interface AskedLine {
  readonly text: string;
  readonly line: number;
}

/**
 * A script whose header asks for what the tree has runs in it as it is: nothing is resolved, and no network is needed. Throws
 * `TREE_LACKS` for the first line that the tree doesn't serve.
 */
export async function checkServes(
  context: Pick<Context, "fs" | "system">,
  tree: CarriedTree,
  { label, lines }: { readonly label: string; readonly lines: readonly AskedLine[] },
): Promise<void> {
  if (lines.length === 0) return;
  const { found } = await readDistributions(context.fs, sitePackagesOf(context, tree));
  const versions = new Map(found.map(({ displayName, version }) => [normalizeName(displayName), version]));
  for (const { text, line } of lines) {
    const requirement = parseRequirement(text);
    if (!applies(context, tree, requirement)) continue;
    const here = versions.get(requirement.name);
    const version = here === undefined ? undefined : tryParseVersion(here);
    if (version !== undefined && requirement.specifier.contains(version, { prereleases: true })) continue;
    const what = here === undefined ? "doesn't have that" : `has ${here}`;
    throw new VenvoyError(
      "TREE_LACKS",
      `\`${label}\` line ${line} asks for \`${printable(text, { newlines: false })}\`, and this tree of \`${printable(tree.name)}\` ${what}`,
      {
        hint: "add it to the environment and pack it again; with a network, run it in another environment with -n NAME",
      },
    );
  }
}

function applies({ system }: Pick<Context, "system">, tree: CarriedTree, { marker }: Requirement): boolean {
  if (marker === undefined) return true;
  const [major = "3", minor = "0"] = tree.pythonVersion.split(".");
  const facts = {
    implementation: "cpython",
    version: [Number(major), Number(minor)] as const,
    freeThreaded: false,
    debug: false,
    os: system.os,
    machine: system.machine,
    musl: system.libc?.kind === "musl",
    suffix: undefined,
  };
  return evaluateMarker(marker, markersOfBase(facts, tree.pythonVersion));
}

function sitePackagesOf({ fs, system }: Pick<Context, "fs" | "system">, { root, pythonVersion }: CarriedTree): AbsPath {
  const minor = pythonVersion.split(".").slice(0, 2).join(".");
  const below = system.os === "windows" ? ["Lib", "site-packages"] : ["lib", `python${minor}`, "site-packages"];
  return fs.path.join(root, ...below);
}

/** How `list` shows it. */
export async function summaryOfCarried(context: Context, tree: CarriedTree): Promise<EnvironmentSummary> {
  const { found } = await readDistributions(context.fs, sitePackagesOf(context, tree));
  // Times of change are those of the archive, which are the same everywhere.
  const madeMs = (await context.fs.info(tree.root))?.changedMs ?? 0;
  return {
    name: `${tree.name} (here)`,
    id: undefined,
    path: tree.root,
    python: tree.pythonVersion,
    packages: found.length,
    version: tree.version,
    createdMs: madeMs,
    usedMs: madeMs,
  };
}
