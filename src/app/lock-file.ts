import { pathToFileURL } from "node:url";
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
  parseWheelName,
  pylockFilename,
  selectFromPylock,
  type Target,
  tryParseSpecifierSet,
} from "../pep/index.ts";
import { targetOf } from "../python/index.ts";
import type { Lock, LockedPackage } from "../resolve/index.ts";
import { type Context, shownPath } from "./context.ts";
import { readTextFile } from "./files.ts";
import { chooseFromOtherLock, type LockReader, type OtherLockChoices } from "./other-lock.ts";
import { interpreterFor } from "./solve.ts";

/** What a lock file asks for on one Python: exact files, and the words for the intent. */
export interface LockFile {
  readonly lock: Lock;
  readonly requirements: readonly AskedFor[];
}

/**
 * Reads a lock file for a Python: `pylock.toml`, or another tool's. Only what it names is taken, and only with a sha256.
 * Throws `LOCK_INVALID`, `PACKAGE_BLOCKED`, `FILE_UNREADABLE`.
 */
export async function readLockFile(context: Context, file: AbsPath, reader: LockReader): Promise<LockFile> {
  const text = await readTextFile(context, file);
  const label = shownPath(context, file);
  const { choices, built } = await choicesOf(context, { file, text }, reader);
  const all = [...choices.map((choice) => lockedPackage(context, choice, { file, label })), ...built];
  const names = new Set(all.map((one) => one.name));
  // A lock for several targets names what the package needs on any of them.
  const packages = all.map((one) => ({
    ...one,
    dependencies: [...new Set(one.dependencies)].filter((name) => names.has(name)),
  }));
  packages.sort((a, b) => compareCodePoints(a.name, b.name));
  const needed = new Set(packages.flatMap((one) => one.dependencies));
  const marked = packages.some((one) => one.requested);
  const lock = {
    packages: packages.map((one) => ({ ...one, requested: marked ? one.requested : !needed.has(one.name) })),
  };
  const lines = text.split("\n");
  const requirements = lock.packages
    .filter((one) => one.requested)
    .map((one) => ({
      text: requirementOf(one),
      source: { kind: "file" as const, file, line: lineOf(lines, one.name) },
    }));
  return { lock, requirements };
}

/** With its extras: what only they need would leave with the next change. */
function requirementOf({ name, version, extras, directUrl }: LockedPackage): string {
  const wanted = extras.length === 0 ? name : `${name}[${extras.join(",")}]`;
  return directUrl === undefined ? `${wanted}==${version}` : `${wanted} @ ${directUrl.reveal()}`;
}

async function choicesOf(
  context: Context,
  from: { readonly file: AbsPath; readonly text: string },
  reader: LockReader,
): Promise<OtherLockChoices> {
  if (isOtherLock(context.fs.path.name(from.file))) return chooseFromOtherLock(context, from, reader);
  const lock = parsePylock(from.text);
  const { extras, groups } = reader.request;
  const wish = {
    extras: new Set(extras === "all" ? lock.extras : extras?.map(normalizeName)),
    ...(groups === undefined ? {} : { groups: new Set(groups === "all" ? lock.dependencyGroups : groups) }),
  };
  return { choices: selectFromPylock(lock, reader.target, wish), built: [] };
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
  const file =
    source.kind === "wheel" || source.kind === "sdist"
      ? source.file
      : source.kind === "archive"
        ? source.archive
        : undefined;
  const filename = file === undefined ? "" : pylockFilename(file);
  if (file === undefined || (!filename.endsWith(".whl") && one.version === undefined)) {
    throw new VenvoyError(
      "PACKAGE_BLOCKED",
      `\`${from.label}\` has \`${one.name}\` as a ${source.kind} without a version, which can't be taken from a lock yet`,
      { hint: "lock it with a wheel or an sdist", data: { name: one.name, file: from.file } },
    );
  }
  const own = ownTable(one.tool);
  const url = addressOf(context, file, from.file);
  const sha256 = digestOf(one.name, file, from.label);
  return {
    name: one.name,
    version: (one.version ?? parseWheelName(filename).version).toString(),
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

/** A path counts from the lock file, and goes before the address: it is nearer. */
function addressOf(context: Context, { path, url }: Pick<PylockFile, "path" | "url">, lockFile: AbsPath): SafeUrl {
  const { fs } = context;
  if (path !== undefined) return SafeUrl.parse(pathToFileURL(fs.path.resolve(fs.path.directory(lockFile), path)).href);
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

function ownTable(tool: unknown): Readonly<Record<string, unknown>> {
  const own = typeof tool === "object" && tool !== null ? (tool as Record<string, unknown>)["venvoy"] : undefined;
  return typeof own === "object" && own !== null ? (own as Record<string, unknown>) : {};
}

function lineOf(lines: readonly string[], name: string): number {
  const at = lines.findIndex((line) => /^\s*name\s*=/.test(line) && line.includes(`"${name}"`));
  return at === -1 ? 1 : at + 1;
}
