import { extraOfBackend } from "../backend/index.ts";
import {
  type AbsPath,
  compareCodePoints,
  isVenvoyError,
  type PackageName,
  parseSha256,
  SafeUrl,
  VenvoyError,
} from "../base/index.ts";
import type { AskedFor } from "../env/index.ts";
import { isOtherLock, pythonOfOtherLock } from "../exchange/index.ts";
import {
  evaluateMarkerWith,
  normalizeName,
  type Pylock,
  type PylockChoice,
  type PylockFile,
  parsePylock,
  parseSdistName,
  parseVersion,
  parseWheelName,
  pylockFilename,
  selectFromPylock,
  type Target,
  tryParseSpecifierSet,
  type Version,
} from "../pep/index.ts";
import { createIndexClient } from "../pypi/index.ts";
import { targetOf } from "../python/index.ts";
import { type Lock, type LockedPackage, lockedBackends } from "../resolve/index.ts";
import { settingsFor } from "./choices.ts";
import { type Context, shownPath } from "./context.ts";
import { readTextFile } from "./files.ts";
import { backendOf } from "./hardware.ts";
import { type AddressedSource, buildSource, ownTable, placeAddress, sourceOfChoice } from "./locking/lock-sources.ts";
import { chooseFromOtherLock, type LockReader, type OtherLockChoices } from "./other-lock.ts";
import { interpreterFor } from "./solve.ts";

/** What a lock file asks for on one Python: exact files, and the words for the intent. */
export interface LockFile {
  readonly lock: Lock;
  readonly requirements: readonly AskedFor[];
  /** Packages that stand there as sources at an address, where nothing builds them. */
  readonly unbuilt: readonly AddressedSource[];
}

/**
 * Reads a lock file for a Python: `pylock.toml`, or another tool's. Only what it names is taken, and only with a sha256.
 * Throws `LOCK_INVALID`, `PACKAGE_BLOCKED`, `FILE_UNREADABLE`.
 */
export async function readLockFile(context: Context, file: AbsPath, reader: LockReader): Promise<LockFile> {
  const text = await readTextFile(context, file);
  const label = shownPath(context, file);
  const { choices, sources } = await choicesOf(context, { file, text }, reader);
  const built = reader.interpreter === undefined ? [] : await buildAll(context, sources, reader);
  const unbuilt = reader.interpreter === undefined ? sources : [];
  const all = [...choices.map((choice) => lockedPackage(context, choice, { file, label })), ...built];
  const names = new Set(all.map((one) => one.name));
  // A lock for several targets names what the package needs on any of them.
  const packages = all.map((one) => ({
    ...one,
    dependencies: [...new Set(one.dependencies)].filter((name) => names.has(name)),
  }));
  packages.sort((a, b) => compareCodePoints(a.name, b.name));
  const addresses = new Map(sources.map(({ name, address }) => [name, address]));
  const needed = new Set(packages.flatMap((one) => one.dependencies));
  const marked = packages.some((one) => one.requested);
  const lock = {
    packages: packages.map((one) => ({ ...one, requested: marked ? one.requested : !needed.has(one.name) })),
  };
  const lines = text.split("\n");
  const requirements = lock.packages
    .filter((one) => one.requested)
    .map((one) => ({
      text: requirementOf(one, addresses.get(one.name)),
      source: { kind: "file" as const, file, line: lineOf(lines, one.name) },
    }));
  return { lock, requirements, unbuilt };
}

async function buildAll(
  context: Context,
  sources: readonly AddressedSource[],
  { interpreter, request }: LockReader,
): Promise<readonly LockedPackage[]> {
  if (sources.length === 0 || interpreter === undefined) return [];
  const settings = await settingsFor(context, request);
  const source = createIndexClient(context, settings.index);
  const built: LockedPackage[] = [];
  for (const one of sources) built.push(await buildSource(context, one, { interpreter, source, request }));
  return built;
}

/** With its extras: what only they need would leave with the next change. Which build it is the backend says. */
function requirementOf({ name, version, extras, directUrl }: LockedPackage, address = directUrl?.reveal()): string {
  const wanted = extras.length === 0 ? name : `${name}[${extras.join(",")}]`;
  const isBuild = backendOf({ packages: [{ name, version }] }) !== undefined;
  return address === undefined
    ? `${wanted}==${isBuild ? parseVersion(version).public : version}`
    : `${wanted} @ ${address}`;
}

async function choicesOf(
  context: Context,
  from: { readonly file: AbsPath; readonly text: string },
  reader: LockReader,
): Promise<OtherLockChoices> {
  if (isOtherLock(context.fs.path.name(from.file))) return chooseFromOtherLock(context, from, reader);
  const lock = parsePylock(from.text);
  const { extras, groups, defaultGroups } = reader.request;
  const byDefault = defaultGroups === false ? [] : (lock.defaultGroups ?? []);
  const backends = new Set((lockedBackends(lock) ?? []).map(extraOfBackend));
  const all = (lock.extras ?? []).filter((extra) => !backends.has(extra));
  const wish = {
    extras: new Set<string>([
      ...(extras === "all" ? all : (extras?.map(normalizeName) ?? [])),
      ...(reader.choice === undefined ? [] : [reader.choice]),
    ]),
    groups: new Set(groups === "all" ? lock.dependencyGroups : [...byDefault, ...(groups ?? [])]),
  };
  const choices: PylockChoice[] = [];
  const sources: AddressedSource[] = [];
  for (const choice of selectFromPylock(lock, reader.target, wish)) {
    const source = sourceOfChoice(context, choice, from.file);
    if (source === undefined) choices.push(choice);
    else sources.push(source);
  }
  return { choices, sources };
}

/**
 * The Python to ask for when nobody chose one, where the machine's usual one is not what a lock file was made for.
 * `undefined`: the usual one will do, or none here will.
 */
export async function pythonForLock(
  context: Context,
  file: AbsPath,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { environments = [], requiresPython } = await pythonsOf(context, file);
  const serves = ({ markers }: Target): boolean =>
    (requiresPython?.contains(markers.python_full_version) ?? true) &&
    (environments.length === 0 || environments.some((marker) => evaluateMarkerWith(marker, markers)));
  const named = environments.flatMap((marker) => /python_version == "([\d.]+)"/.exec(String(marker))?.[1] ?? []);
  const range = requiresPython?.toString() ?? "";
  for (const request of [undefined, ...named, ...(range === "" ? [] : [range])]) {
    try {
      if (serves(targetOf(await interpreterFor(context, request, signal)))) return request;
    } catch (error) {
      if (!isVenvoyError(error, "PYTHON_NOT_FOUND")) throw error;
    }
  }
  return undefined;
}

/** What a lock says of the Pythons that it is for. */
async function pythonsOf(context: Context, file: AbsPath): Promise<Pick<Pylock, "environments" | "requiresPython">> {
  const text = await readTextFile(context, file);
  const name = context.fs.path.name(file);
  if (!isOtherLock(name)) return parsePylock(text);
  const requiresPython = tryParseSpecifierSet(pythonOfOtherLock(name, text, shownPath(context, file)) ?? "");
  return requiresPython === undefined ? {} : { requiresPython };
}

function lockedPackage(
  context: Context,
  { package: one, source }: PylockChoice,
  from: { readonly file: AbsPath; readonly label: string },
): LockedPackage {
  if (source.kind === "directory" || source.kind === "vcs") throw new Error(`\`${one.name}\` is to be built`);
  const file = source.kind === "archive" ? source.archive : source.file;
  const filename = pylockFilename(file);
  const own = ownTable(one);
  const url = addressOf(context, file, from.file);
  const sha256 = digestOf(one.name, file, from.label);
  return {
    name: one.name,
    version: (one.version ?? fileVersion(filename)).toString(),
    wheel: {
      filename,
      sha256,
      url,
      ...(file.sizeBytes === undefined ? {} : { sizeBytes: file.sizeBytes }),
      ...(one.index === undefined ? {} : { index: SafeUrl.parse(one.index) }),
    },
    dependencies: (one.dependencies ?? []).flatMap(({ name }) =>
      typeof name === "string" ? [normalizeName(name)] : [],
    ),
    extras: Array.isArray(own["extras"]) ? own["extras"].filter((extra) => typeof extra === "string") : [],
    requested: own["requested"] === true,
    ...(source.kind === "archive" ? { directUrl: url } : {}),
  };
}

function fileVersion(filename: string): Version {
  return (filename.endsWith(".whl") ? parseWheelName(filename) : parseSdistName(filename)).version;
}

/** A path counts from the lock file, and goes before the address: it is nearer. */
function addressOf(context: Context, { path, url }: Pick<PylockFile, "path" | "url">, lockFile: AbsPath): SafeUrl {
  if (path !== undefined) return SafeUrl.parse(placeAddress(context, lockFile, path));
  if (url !== undefined) return SafeUrl.parse(url);
  throw new VenvoyError("LOCK_INVALID", `\`${shownPath(context, lockFile)}\` names a file without a place`);
}

function digestOf(name: PackageName, { hashes }: Pick<PylockFile, "hashes">, label: string) {
  const sha256 = hashes["sha256"];
  if (sha256 !== undefined) return parseSha256(sha256);
  throw new VenvoyError(
    "LOCK_INVALID",
    `\`${label}\` gives no sha256 for \`${name}\`, only ${Object.keys(hashes).join(", ")}`,
  );
}

function lineOf(lines: readonly string[], name: string): number {
  const at = lines.findIndex((line) => /^\s*name\s*=/.test(line) && line.includes(`"${name}"`));
  return at === -1 ? 1 : at + 1;
}
