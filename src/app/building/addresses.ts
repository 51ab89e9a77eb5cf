import { pathToFileURL } from "node:url";
import { type AbsPath, type PackageName, parseSha256, SafeUrl, VenvoyError } from "../../base/index.ts";
import { type Address, checkout, parseAddress, resolveCommit, unpackArchive } from "../../build/index.ts";
import { createHash } from "../../codec/index.ts";
import { type DirectUrl, directUrlValue, normalizeName } from "../../pep/index.ts";
import type { PackageSource } from "../../pypi/index.ts";
import { targetOf } from "../../python/index.ts";
import type { AskedRequirement } from "../../resolve/index.ts";
import type { Artifact } from "../../store/index.ts";
import type { Context } from "../context.ts";
import type { OwnPackage, OwnPackages } from "../own-packages.ts";
import { findHoused, type HousedFile } from "./housed.ts";
import type { BuildWay } from "./source.ts";
import { stampOfTree } from "./tree-stamp.ts";
import { type Job, Workshop } from "./workshop.ts";

/** Sources at an address, as they are now. */
export interface FoundSources {
  /** Tells these sources from all others, today's state of a directory from yesterday's. */
  readonly from: string;
  readonly direct: DirectUrl;
  readonly open: (stage: AbsPath) => Promise<AbsPath>;
  readonly editable: boolean;
}

/**
 * Packages that are asked for by the address of sources. Each is one release: it is built at once, found again when
 * nothing changed, and resolved like a package that the environment has of its own.
 */
export async function ownOfAddresses(
  context: Context,
  asked: readonly AskedRequirement[],
  of: {
    readonly way: BuildWay;
    readonly source: PackageSource;
    readonly known: OwnPackages;
    /** Commits to stay at, by address. */
    readonly commits?: ReadonlyMap<string, string>;
    readonly signal: AbortSignal;
  },
): Promise<OwnPackages> {
  const own = new Map(of.known);
  const commits = of.commits ?? new Map<string, string>();
  for (const { requirement } of asked) {
    const { name, url } = requirement;
    if (url === undefined || own.get(name)?.address === url || parseAddress(url) === undefined) continue;
    const made = await ownOfAddress(context, url, { ...of, name, commit: commits.get(url) });
    own.set(name, made);
  }
  return own;
}

export interface AddressWay {
  readonly way: BuildWay;
  readonly source: PackageSource;
  readonly signal: AbortSignal;
  /** Left out, the sources say it themselves. */
  readonly name?: PackageName | undefined;
  /** Of a repository, whatever its branch means by now. */
  readonly commit?: string | undefined;
}

/** The package at an address. Throws `BUILD_FAILED`, `SOURCE_INVALID`, `GIT_FAILED`, `REQUIREMENT_INVALID`. */
export async function ownOfAddress(
  context: Context,
  url: string,
  { way, source, signal, name, commit }: AddressWay,
): Promise<OwnPackage> {
  const address = parseAddress(url);
  if (address === undefined) throw new Error(`\`${url}\` is a wheel`);
  const housed = await findHoused(context, address, {
    choices: way.choices,
    name,
    commit,
    tags: targetOf(way.interpreter).tags,
  });
  const label = labelOf(context, address);
  const { artifact, direct } =
    housed !== undefined && address.kind !== "archive"
      ? await takeHoused(context, address, housed)
      : await foundOrBuilt(context, url, { address, archive: housed, way, source, signal, name, commit });
  if (name !== undefined && artifact.name !== name) {
    throw new VenvoyError("SOURCE_INVALID", `\`${label}\` holds \`${artifact.name}\`, not \`${name}\``, {
      hint: `write \`${artifact.name} @ …\``,
      data: { name, found: artifact.name },
    });
  }
  return ownPackage(artifact, { address: url, origin: JSON.stringify(directUrlValue(direct)) });
}

interface Made {
  readonly artifact: Artifact;
  readonly direct: DirectUrl;
}

async function foundOrBuilt(
  context: Context,
  url: string,
  of: AddressWay & { readonly address: Address; readonly archive: HousedFile | undefined },
): Promise<Made> {
  const { address, way, name, signal } = of;
  const workshop = new Workshop(context, way);
  const found = await findSources(context, address, of);
  const artifact =
    (await workshop.found(found.from, name)) ??
    (await workshop.open(jobOf(context, url, { address, found, name }), signal, (bench) =>
      workshop.build(bench, found.from, () => {}),
    ));
  return { artifact, direct: found.direct };
}

function ownPackage(
  artifact: Artifact,
  { address, origin }: { readonly address: string; readonly origin: string },
): OwnPackage {
  const { requiresPython } = artifact;
  return {
    name: artifact.name,
    version: artifact.version,
    filename: artifact.filename,
    sha256: artifact.sha256,
    address,
    origin,
    goesFirst: true,
    metadata: {
      name: artifact.name,
      version: artifact.version,
      requiresDist: artifact.requiresDist,
      providesExtra: artifact.providesExtra,
      dynamic: [],
      ...(requiresPython === undefined ? {} : { requiresPython }),
    },
  };
}

/** How a bench is asked for that builds these sources. */
export function jobOf(
  context: Context,
  url: string,
  of: { readonly address: Address; readonly found: FoundSources; readonly name: PackageName | undefined },
): Job {
  return {
    label: labelOf(context, of.address),
    logName: `${of.name ?? "sources"}-${createHash("sha256").update(url).digest("hex").slice(0, 8)}`,
    name: of.name,
    editable: of.found.editable,
    open: of.found.open,
  };
}

/** A wheel that a wheelhouse holds for an address is as good as one that was built here from there. */
async function takeHoused(
  { store }: Context,
  address: Exclude<Address, { kind: "archive" }>,
  { entry, path }: HousedFile,
): Promise<Made> {
  const sha256 = parseSha256(entry.sha256);
  const artifact = (await store.find(sha256)) ?? (await store.add(path, { filename: entry.file, sha256 }));
  const direct =
    address.kind === "directory" ? directOfDirectory(address) : directOfCommit(address, entry.commit ?? "");
  return { artifact, direct };
}

/** Finds out what lies at an address now, and how to bring it. */
export async function findSources(
  context: Context,
  address: Address,
  { way, source, signal, commit, archive }: AddressWay & { readonly archive?: HousedFile | undefined },
): Promise<FoundSources> {
  switch (address.kind) {
    case "directory":
      return findDirectory(context, address);
    case "git":
      return findGit(context, address, { signal, kept: commit });
    case "archive":
      return findArchive(context, address, { way, source, signal, near: archive });
  }
}

async function findDirectory(
  context: Context,
  address: Extract<Address, { kind: "directory" }>,
): Promise<FoundSources> {
  const { fs } = context;
  const { path, editable, subdirectory } = address;
  const place = below(context, path, subdirectory);
  if ((await fs.info(place))?.kind !== "directory") {
    throw new VenvoyError("FILE_UNREADABLE", `\`${place}\` is not a directory`, { data: { file: place } });
  }
  return {
    from: `directory ${editable} ${place} ${await stampOfTree(fs, place, { editable })}`,
    direct: directOfDirectory(address),
    editable,
    open: async (stage) => {
      if (editable) return place;
      // A build may write into its sources, and is only let into its stage.
      const copy = fs.path.join(stage, "source");
      await copyTree(fs, place, copy);
      return copy;
    },
  };
}

function directOfDirectory({ path, editable, subdirectory }: Extract<Address, { kind: "directory" }>): DirectUrl {
  return {
    url: pathToFileURL(path).href,
    directory: editable ? { editable } : {},
    ...(subdirectory === undefined ? {} : { subdirectory }),
  };
}

/** What tools leave behind, and what version control keeps, is not part of the sources; the latter names versions. */
const notCopied = /^(?:\.tox|\.nox|\.venv|\.venvoy|node_modules|__pycache__|\.mypy_cache|\.pytest_cache|\.ruff_cache)$/;

async function copyTree(fs: Context["fs"], from: AbsPath, to: AbsPath): Promise<void> {
  await fs.makeDir(to);
  for (const { name, kind } of (await fs.list(from)) ?? []) {
    if (notCopied.test(name)) continue;
    const [source, target] = [fs.path.join(from, name), fs.path.join(to, name)];
    if (kind === "directory") await copyTree(fs, source, target);
    else if (kind === "file") await fs.copyFile(source, target);
    else if (kind === "symlink") await fs.symlink(await fs.readLink(source), target, "file");
  }
}

async function findGit(
  context: Context,
  address: Extract<Address, { kind: "git" }>,
  { signal, kept }: { readonly signal: AbortSignal; readonly kept: string | undefined },
): Promise<FoundSources> {
  const { fs, layout, offline } = context;
  const options = { cache: fs.path.join(layout.cache, "git"), offline, signal };
  const commit = await resolveCommit(context, kept === undefined ? address : { ...address, revision: kept }, options);
  const { subdirectory } = address;
  return {
    from: `git ${SafeUrl.parse(address.url).withoutCredentials().reveal()} ${commit} ${subdirectory ?? ""}`,
    direct: directOfCommit(address, commit),
    editable: false,
    open: async (stage) => {
      const into = fs.path.join(stage, "source");
      await checkout(context, address, { ...options, commit, into });
      return below(context, into, subdirectory);
    },
  };
}

function directOfCommit(
  { url, revision, subdirectory }: Extract<Address, { kind: "git" }>,
  commitId: string,
): DirectUrl {
  return {
    url,
    vcs: { vcs: "git", commitId, ...(revision === undefined ? {} : { requestedRevision: revision }) },
    ...(subdirectory === undefined ? {} : { subdirectory }),
  };
}

async function findArchive(
  context: Context,
  address: Extract<Address, { kind: "archive" }>,
  { way, source, signal, near }: AddressWay & { readonly near: HousedFile | undefined },
): Promise<FoundSources> {
  const { fs, layout } = context;
  const { url, sha256, subdirectory } = address;
  const parsed = SafeUrl.parse(url);
  const filename = decodeURIComponent(new URL(url).pathname.split("/").pop() ?? "") || "sources.tar.gz";
  // The digest is what tells today's archive from tomorrow's at the same address.
  const folder = fs.path.join(layout.cache, "archives", createHash("sha256").update(url).digest("hex").slice(0, 24));
  const file = fs.path.join(folder, filename.replace(/[^\w.+-]/g, "_"));
  await fs.makeDir(folder);
  await fs.remove(file);
  const promised = near?.entry.sha256 ?? sha256;
  const wanted = {
    filename,
    url: near === undefined ? parsed : SafeUrl.parse(pathToFileURL(near.path).href),
    ...(promised === undefined ? {} : { sha256: parseSha256(promised) }),
  };
  const fetched = await source.fetch(wanted, file, { signal });
  return {
    from: `archive ${fetched.sha256} ${subdirectory ?? ""}`,
    direct: {
      url,
      archive: { hashes: { sha256: fetched.sha256 } },
      ...(subdirectory === undefined ? {} : { subdirectory }),
    },
    editable: false,
    open: async (stage) => {
      const into = fs.path.join(stage, "source");
      await fs.makeDir(into);
      const top = await unpackArchive(context, file, { into, python: way.interpreter.executable });
      return below(context, top, subdirectory);
    },
  };
}

function below({ fs }: Context, path: AbsPath, subdirectory: string | undefined): AbsPath {
  return subdirectory === undefined ? path : fs.path.join(path, ...subdirectory.split("/"));
}

function labelOf({ fs }: Context, address: Address): string {
  if (address.kind === "directory") return address.path;
  const url = SafeUrl.parse(address.url).toString();
  return address.kind === "git" ? `git+${url}` : fs.path.name(new URL(url).pathname);
}

/** A name for sources that were written without one: built, they say it. */
export async function nameOfAddress(context: Context, url: string, way: AddressWay): Promise<PackageName> {
  return normalizeName((await ownOfAddress(context, url, way)).name);
}
