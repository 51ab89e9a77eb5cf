import type { PackageName } from "../base/index.ts";
import { type Marker, parseMarker } from "./marker.ts";
import { isNormalizedName } from "./name.ts";
import { lockInvalid, TableReader } from "./pylock-reader.ts";
import { parseSdistName } from "./sdist-name.ts";
import type { SpecifierSet } from "./specifier.ts";
import { parseSpecifierSet } from "./specifier-syntax.ts";
import { readToml, type TomlTable } from "./toml.ts";
import { urlFilename } from "./url-parts.ts";
import { compareVersions, parseVersion, type Version } from "./version.ts";
import { parseWheelName } from "./wheel-name.ts";

/** A lock file, `pylock.toml` (PEP 751). What was left out of the file is `undefined`, which differs from empty. */
export interface Pylock {
  readonly lockVersion: Version;
  readonly environments?: readonly Marker[] | undefined;
  readonly requiresPython?: SpecifierSet | undefined;
  readonly extras?: readonly PackageName[] | undefined;
  readonly dependencyGroups?: readonly string[] | undefined;
  readonly defaultGroups?: readonly string[] | undefined;
  readonly createdBy: string;
  readonly packages: readonly PylockPackage[];
  readonly tool?: TomlTable | undefined;
}

/** Either files of an index (`sdist`, `wheels`), or one of `vcs`, `directory`, `archive`. */
export interface PylockPackage {
  readonly name: PackageName;
  readonly version?: Version | undefined;
  readonly marker?: Marker | undefined;
  readonly requiresPython?: SpecifierSet | undefined;
  /** Which of the lock's packages this one depends on; each table holds enough keys to tell it from the others. */
  readonly dependencies?: readonly TomlTable[] | undefined;
  readonly vcs?: PylockVcs | undefined;
  readonly directory?: PylockDirectory | undefined;
  readonly archive?: PylockArchive | undefined;
  readonly index?: string | undefined;
  readonly sdist?: PylockFile | undefined;
  readonly wheels?: readonly PylockFile[] | undefined;
  readonly attestationIdentities?: readonly TomlTable[] | undefined;
  readonly tool?: TomlTable | undefined;
}

export interface PylockVcs {
  readonly type: string;
  readonly url?: string | undefined;
  readonly path?: string | undefined;
  readonly requestedRevision?: string | undefined;
  readonly commitId: string;
  readonly subdirectory?: string | undefined;
}

export interface PylockDirectory {
  readonly path: string;
  readonly editable?: boolean | undefined;
  readonly subdirectory?: string | undefined;
}

/** A file, at `url` or `path` (relative to the lock file), or both. */
export interface PylockFile {
  /** Given when it is not the last part of the path or URL; see `pylockFilename`. */
  readonly name?: string | undefined;
  readonly uploadTime?: Date | undefined;
  readonly url?: string | undefined;
  readonly path?: string | undefined;
  readonly sizeBytes?: number | undefined;
  /** Algorithm -> hexadecimal digest; one at least. */
  readonly hashes: Readonly<Record<string, string>>;
}

export interface PylockArchive extends Omit<PylockFile, "name"> {
  readonly subdirectory?: string | undefined;
}

/** The file name of a wheel or source archive in a lock, or "" when nothing tells it. */
export function pylockFilename({ name, path, url }: PylockFile): string {
  if (name) return name;
  if (path) return path.slice(path.lastIndexOf(path.includes("/") ? "/" : "\\") + 1);
  return url ? urlFilename(url) : "";
}

/** Parses the text of a lock file and checks it against PEP 751; throws `LOCK_INVALID`. */
export function parsePylock(text: string): Pylock {
  const result = readToml(text);
  if (result.ok) return readPylock(result.table);
  const { line, column, why, cause } = result.fault;
  throw lockInvalid(`line ${line} isn't TOML: ${why}`, "", cause, { line, column });
}

const supported = { from: parseVersion("1"), below: parseVersion("2") };

/** Checks and reads the value of a lock file, a table as TOML gives it; throws `LOCK_INVALID`. */
export function readPylock(table: TomlTable): Pylock {
  const top = new TableReader(table, "");
  const lockVersion = top.required("lock-version", top.parsed("lock-version", parseVersion));
  const lock = {
    lockVersion,
    environments: top.parsedTexts("environments", parseMarker),
    requiresPython: top.parsed("requires-python", parseSpecifierSet),
    extras: top.parsedTexts("extras", normalName),
    dependencyGroups: top.parsedTexts("dependency-groups", (text) => text),
    defaultGroups: top.parsedTexts("default-groups", (text) => text),
    createdBy: top.required("created-by", top.text("created-by")),
    packages: top.required("packages", top.tables("packages")).map(readPackage),
    tool: top.tableAt("tool"),
  };
  if (compareVersions(lockVersion, supported.from) < 0 || compareVersions(lockVersion, supported.below) >= 0) {
    throw top.fault("lock-version", `version ${lockVersion} of the format is not known here, only 1`);
  }
  return lock;
}

function normalName(text: string): PackageName {
  if (isNormalizedName(text)) return text as PackageName;
  throw new Error(`the name \`${text}\` is not in normalised form`);
}

function readPackage(table: TableReader): PylockPackage {
  const found: PylockPackage = {
    name: table.required("name", table.parsed("name", normalName)),
    version: table.parsed("version", parseVersion),
    marker: table.parsed("marker", parseMarker),
    requiresPython: table.parsed("requires-python", parseSpecifierSet),
    dependencies: table.tables("dependencies")?.map((one) => one.table),
    vcs: table.part("vcs", readVcs),
    directory: table.part("directory", readDirectory),
    archive: table.part("archive", readArchive),
    index: table.text("index"),
    sdist: table.part("sdist", readFile),
    wheels: table.tables("wheels")?.map(readFile),
    attestationIdentities: table.tables("attestation-identities")?.map(readIdentity),
    tool: table.tableAt("tool"),
  };
  checkSources(table, found);
  return found;
}

function readIdentity(table: TableReader): TomlTable {
  table.required("kind", table.text("kind"));
  return table.table;
}

/** A package comes from index files or from one direct source, never both; file names agree with name and version. */
function checkSources(table: TableReader, found: PylockPackage): void {
  const files = (found.sdist === undefined ? 0 : 1) + (found.wheels?.length ?? 0);
  const direct = [found.vcs, found.directory, found.archive].filter((source) => source !== undefined).length;
  if (files > 0 && direct > 0) {
    throw table.fault("", "`vcs`, `directory` and `archive` can't stand beside `sdist` or `wheels`");
  }
  if (files === 0 && direct !== 1) {
    throw table.fault("", "without `sdist` and `wheels`, exactly one of `vcs`, `directory`, `archive` must be there");
  }
  found.wheels?.forEach((wheel, i) => {
    checkFile(table, `wheels[${i}]`, pylockFilename(wheel), found, parseWheelName);
  });
  if (found.sdist !== undefined) checkFile(table, "sdist", pylockFilename(found.sdist), found, parseSdistName);
}

interface Named {
  readonly name: PackageName;
  readonly version: Version;
}

function checkFile(
  table: TableReader,
  key: string,
  filename: string,
  found: PylockPackage,
  parse: (filename: string) => Named,
): void {
  const { name, version } = table.attempt(key, () => parse(filename));
  if (name !== found.name) throw table.fault(key, `the file \`${filename}\` is not of package \`${found.name}\``);
  if (found.version !== undefined && compareVersions(version, found.version) !== 0) {
    throw table.fault(key, `the file \`${filename}\` is not of version ${found.version}`);
  }
}

function readVcs(table: TableReader): PylockVcs {
  return {
    type: table.required("type", table.text("type")),
    ...readPlace(table),
    requestedRevision: table.text("requested-revision"),
    commitId: table.required("commit-id", table.text("commit-id")),
    subdirectory: table.text("subdirectory"),
  };
}

function readDirectory(table: TableReader): PylockDirectory {
  return {
    path: table.required("path", table.text("path")),
    editable: table.flag("editable"),
    subdirectory: table.text("subdirectory"),
  };
}

function readArchive(table: TableReader): PylockArchive {
  return { ...readBytes(table), subdirectory: table.text("subdirectory") };
}

function readFile(table: TableReader): PylockFile {
  return { name: table.text("name"), ...readBytes(table) };
}

function readBytes(table: TableReader): Omit<PylockFile, "name"> {
  return {
    uploadTime: table.time("upload-time"),
    ...readPlace(table),
    sizeBytes: table.integer("size"),
    hashes: table.required("hashes", table.part("hashes", readHashes)),
  };
}

function readPlace(table: TableReader): { readonly url: string | undefined; readonly path: string | undefined } {
  const [url, path] = [table.text("url"), table.text("path")];
  if (!url && !path) throw table.fault("", "`path` or `url` must be there");
  return { url, path };
}

function readHashes(table: TableReader): Readonly<Record<string, string>> {
  const algorithms = Object.keys(table.table);
  if (algorithms.length === 0) throw table.fault("", "one hash at least must be there");
  return Object.fromEntries(algorithms.map((name) => [name, table.required(name, table.text(name))]));
}
