import { type AbsPath, mapLimit, VenvoyError } from "../base/index.ts";
import { parseToml, type TomlTable } from "../codec/index.ts";
import { type OtherFile, type OtherLock, type OtherLocked, readOtherLock } from "../exchange/index.ts";
import {
  compareVersions,
  normalizeName,
  type PylockChoice,
  type PylockFile,
  type PylockPackage,
  parseVersion,
  selectFromPylock,
  type Target,
  tryParseSpecifierSet,
  tryParseVersion,
} from "../pep/index.ts";
import { createIndexClient, type ListedFile, type PackageSource } from "../pypi/index.ts";
import type { Interpreter } from "../python/index.ts";
import { settingsFor } from "./choices.ts";
import { type Context, shownPath } from "./context.ts";
import { type AddressedSource, placeAddress } from "./locking/lock-sources.ts";
import type { FileWish, OperationOptions, ResolveChoices } from "./requests.ts";
import { readTextFile } from "./text-file.ts";

/** For whom a lock is read. */
export interface LockReader {
  readonly target: Target;
  /** Builds what the lock has as sources; without it such a package is refused. */
  readonly interpreter?: Interpreter;
  readonly request: ResolveChoices & OperationOptions & FileWish;
  /** The extra that chooses builds for hardware, in a lock that has several. */
  readonly choice?: string | undefined;
}

export interface OtherLockChoices {
  /** Packages with the file that is taken of each. */
  readonly choices: readonly PylockChoice[];
  /** Packages that are built from sources at an address. */
  readonly sources: readonly AddressedSource[];
}

const askedAtOnce = 16;

/**
 * What another tool's lock wants on a Python, as choices of files: those that the lock names and no others. Where it
 * gives no addresses, the indexes tell them. Throws `LOCK_INVALID`, `GROUP_UNKNOWN`, `PACKAGE_UNKNOWN`.
 */
export async function chooseFromOtherLock(
  context: Context,
  { file, text }: { readonly file: AbsPath; readonly text: string },
  { target, request }: LockReader,
): Promise<OtherLockChoices> {
  const label = shownPath(context, file);
  const { extras = [], groups = [] } = request;
  const lock = readOtherLock(context.fs.path.name(file), text, label, {
    markers: target.markers,
    extras: extras === "all" ? "all" : new Set(extras.map(normalizeName)),
    groups: groups === "all" ? "all" : new Set(groups.map(normalizeName)),
    defaultGroups: request.defaultGroups ?? true,
    project: await projectBeside(context, file),
  });
  checkWish(label, lock, { extras, groups });
  const settings = await settingsFor(context, request);
  const source = createIndexClient(context, settings.index);
  const ofFiles = lock.packages.filter((one) => one.from === undefined);
  source.prefetchListings(ofFiles.filter((one) => !isComplete(one)).map((one) => one.name));
  const packages = await mapLimit(ofFiles, askedAtOnce, (one) => asPylock(one, { source, label, request }));
  const sources = lock.packages.flatMap((one) => sourceIn(context, file, one));
  const requiresPython = lock.requiresPython === undefined ? undefined : tryParseSpecifierSet(lock.requiresPython);
  return {
    choices: selectFromPylock({ lockVersion: parseVersion("1"), createdBy: label, requiresPython, packages }, target),
    sources,
  };
}

/** The project whose lock it is; `undefined` for a lock that lies alone. */
async function projectBeside(context: Context, file: AbsPath): Promise<TomlTable | undefined> {
  const { fs } = context;
  const project = fs.path.join(fs.path.directory(file), "pyproject.toml");
  if ((await fs.info(project))?.kind !== "file") return undefined;
  const label = shownPath(context, project);
  return parseToml(await readTextFile(context, project), { label, code: "LOCK_INVALID" });
}

function checkWish(
  label: string,
  lock: Pick<OtherLock, "groups" | "extras">,
  { extras, groups }: Required<Pick<FileWish, "extras" | "groups">>,
): void {
  const group = unknownIn(groups, lock.groups);
  if (group !== undefined) {
    throw new VenvoyError("GROUP_UNKNOWN", `\`${label}\` has no group \`${group}\``, {
      hint: lock.groups.length === 0 ? "it has none" : `it has ${lock.groups.join(", ")}`,
    });
  }
  const extra = unknownIn(extras, lock.extras);
  if (extra === undefined) return;
  throw new VenvoyError("ARGUMENT_INVALID", `\`${label}\` has no extra \`${extra}\``, {
    hint: lock.extras.length === 0 ? "it has none" : `it has ${lock.extras.join(", ")}`,
  });
}

function unknownIn(wanted: "all" | readonly string[], known: readonly string[]): string | undefined {
  const names = new Set(known.map(normalizeName));
  return wanted === "all" ? undefined : wanted.find((one) => !names.has(normalizeName(one)));
}

function isComplete({ files, direct }: OtherLocked): boolean {
  return direct === true || (files.length > 0 && files.every((one) => one.place !== undefined));
}

interface Lookup {
  readonly source: PackageSource;
  readonly label: string;
  readonly request: LockReader["request"];
}

async function asPylock(one: OtherLocked, lookup: Lookup): Promise<PylockPackage> {
  const version = tryParseVersion(one.version ?? "");
  const plain = {
    name: one.name,
    ...(version === undefined ? {} : { version }),
    dependencies: one.dependencies.map((name) => ({ name })),
    tool: { venvoy: { extras: [...one.extras] } },
  };
  const [first] = one.files;
  if (one.direct === true && first !== undefined) return { ...plain, archive: pylockFile(first) };
  const files = isComplete(one) ? one.files.map(pylockFile) : await filesOfIndex(one, lookup);
  const wheels = files.filter(({ name }) => name?.endsWith(".whl"));
  const sdists = files.filter(({ name }) => !name?.endsWith(".whl"));
  const sdist = sdists.find(({ name }) => name?.endsWith(".tar.gz")) ?? sdists[0];
  return { ...plain, wheels, ...(sdist === undefined ? {} : { sdist }) };
}

function pylockFile({ filename, place, sha256, sizeBytes }: OtherFile): PylockFile {
  const isAddress = place !== undefined && /^[a-z][a-z0-9+.-]+:/i.test(place);
  return {
    ...(filename === undefined ? {} : { name: filename }),
    ...(place === undefined ? {} : isAddress ? { url: place.split("#")[0] } : { path: place }),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    hashes: sha256 === undefined ? {} : { sha256 },
  };
}

/** The index's files of that version which the lock names, by file name or else by digest. */
async function filesOfIndex(one: OtherLocked, { source, label, request }: Lookup): Promise<readonly PylockFile[]> {
  const wanted = tryParseVersion(one.version ?? "");
  const listing = await source.listing(one.name, request.signal);
  const listed = (listing?.releases ?? [])
    .filter((release) => wanted !== undefined && compareVersions(release.version, wanted) === 0)
    .flatMap((release) => release.files);
  const found = listed.flatMap((file) => lockedFile(file, one.files));
  if (found.length > 0) return found;
  const why =
    listed.length === 0
      ? `no index has \`${one.name}\` ${one.version ?? ""}`
      : `no index has the files of \`${one.name}\` ${one.version ?? ""} that it names`;
  throw new VenvoyError("PACKAGE_UNKNOWN", `\`${label}\` can't be installed: ${why}`, {
    hint: one.index === undefined ? "--extra-index-url URL asks another index" : `--extra-index-url ${one.index}`,
    data: { name: one.name, version: one.version },
  });
}

/** The lock's digest goes before the index's: it is what was promised. */
function lockedFile(file: ListedFile, written: readonly OtherFile[]): readonly PylockFile[] {
  const digest = file.hashes["sha256"];
  const match =
    written.length === 0
      ? {}
      : written.find((one) => (one.filename === undefined ? one.sha256 === digest : one.filename === file.filename));
  if (match === undefined) return [];
  const sha256 = match.sha256 ?? digest;
  return [
    {
      name: file.filename,
      url: file.url.reveal(),
      ...(file.sizeBytes === undefined ? {} : { sizeBytes: file.sizeBytes }),
      hashes: sha256 === undefined ? {} : { sha256 },
    },
  ];
}

function sourceIn(
  context: Context,
  file: AbsPath,
  { name, from, dependencies, extras }: OtherLocked,
): readonly AddressedSource[] {
  if (from === undefined) return [];
  const address = from.isPath ? placeAddress(context, file, from.url) : from.url;
  return [{ name, address: from.editable ? `${address}#editable` : address, dependencies, extras, requested: false }];
}
