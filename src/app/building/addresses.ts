import { pathToFileURL } from "node:url";
import { type AbsPath, type PackageName, parseSha256, SafeUrl, VenvoyError } from "../../base/index.ts";
import { type Address, checkout, parseAddress, resolveCommit, unpackArchive } from "../../build/index.ts";
import { createHash } from "../../codec/index.ts";
import { type DirectUrl, directUrlValue, normalizeName } from "../../pep/index.ts";
import type { PackageSource } from "../../pypi/index.ts";
import type { AskedRequirement } from "../../resolve/index.ts";
import type { Artifact } from "../../store/index.ts";
import type { Context } from "../context.ts";
import type { OwnPackage, OwnPackages } from "../own-packages.ts";
import type { BuildWay } from "./source.ts";
import { stampOfTree } from "./tree-stamp.ts";
import { Workshop } from "./workshop.ts";

/** Sources at an address, as they are now. */
interface Found {
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
  readonly name?: PackageName;
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
  const workshop = new Workshop(context, way);
  const found = await find(context, address, { way, source, signal, commit });
  const label = labelOf(context, address);
  const artifact =
    (await workshop.found(found.from, name)) ??
    (await workshop.open(
      {
        label,
        logName: `${name ?? "sources"}-${createHash("sha256").update(url).digest("hex").slice(0, 8)}`,
        name,
        editable: found.editable,
        open: found.open,
      },
      signal,
      (bench) => workshop.build(bench, found.from, () => {}),
    ));
  if (name !== undefined && artifact.name !== name) {
    throw new VenvoyError("SOURCE_INVALID", `\`${label}\` holds \`${artifact.name}\`, not \`${name}\``, {
      hint: `write \`${artifact.name} @ …\``,
      data: { name, found: artifact.name },
    });
  }
  return ownPackage(artifact, { address: url, origin: JSON.stringify(directUrlValue(found.direct)) });
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

async function find(context: Context, address: Address, { way, source, signal, commit }: AddressWay): Promise<Found> {
  switch (address.kind) {
    case "directory":
      return findDirectory(context, address);
    case "git":
      return findGit(context, address, { signal, kept: commit });
    case "archive":
      return findArchive(context, address, { way, source, signal });
  }
}

async function findDirectory(context: Context, address: Extract<Address, { kind: "directory" }>): Promise<Found> {
  const { fs } = context;
  const { path, editable, subdirectory } = address;
  const place = below(context, path, subdirectory);
  if ((await fs.info(place))?.kind !== "directory") {
    throw new VenvoyError("FILE_UNREADABLE", `\`${place}\` is not a directory`, { data: { file: place } });
  }
  return {
    from: `directory ${editable} ${place} ${await stampOfTree(fs, place, { editable })}`,
    direct: {
      url: pathToFileURL(path).href,
      directory: editable ? { editable } : {},
      ...(subdirectory === undefined ? {} : { subdirectory }),
    },
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
): Promise<Found> {
  const { fs, layout, offline } = context;
  const options = { cache: fs.path.join(layout.cache, "git"), offline, signal };
  const commit = await resolveCommit(context, kept === undefined ? address : { ...address, revision: kept }, options);
  const { revision, subdirectory } = address;
  return {
    from: `git ${SafeUrl.parse(address.url).withoutCredentials().reveal()} ${commit} ${subdirectory ?? ""}`,
    direct: {
      url: address.url,
      vcs: { vcs: "git", commitId: commit, ...(revision === undefined ? {} : { requestedRevision: revision }) },
      ...(subdirectory === undefined ? {} : { subdirectory }),
    },
    editable: false,
    open: async (stage) => {
      const into = fs.path.join(stage, "source");
      await checkout(context, address, { ...options, commit, into });
      return below(context, into, subdirectory);
    },
  };
}

async function findArchive(
  context: Context,
  address: Extract<Address, { kind: "archive" }>,
  { way, source, signal }: AddressWay,
): Promise<Found> {
  const { fs, layout } = context;
  const { url, sha256, subdirectory } = address;
  const parsed = SafeUrl.parse(url);
  const filename = decodeURIComponent(new URL(url).pathname.split("/").pop() ?? "") || "sources.tar.gz";
  // The digest is what tells today's archive from tomorrow's at the same address.
  const folder = fs.path.join(layout.cache, "archives", createHash("sha256").update(url).digest("hex").slice(0, 24));
  const file = fs.path.join(folder, filename.replace(/[^\w.+-]/g, "_"));
  await fs.makeDir(folder);
  await fs.remove(file);
  const wanted = { filename, url: parsed, ...(sha256 === undefined ? {} : { sha256: parseSha256(sha256) }) };
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
