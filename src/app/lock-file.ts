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
import {
  evaluateMarkerWith,
  normalizeName,
  type PylockChoice,
  type PylockFile,
  parsePylock,
  parseWheelName,
  pylockFilename,
  selectFromPylock,
  type Target,
} from "../pep/index.ts";
import { targetOf } from "../python/index.ts";
import type { Lock, LockedPackage } from "../resolve/index.ts";
import { type Context, shownPath } from "./context.ts";
import { readTextFile } from "./files.ts";
import { interpreterFor } from "./solve.ts";

/** What a lock file asks for on one Python: exact files, and the words for the intent. */
export interface LockFile {
  readonly lock: Lock;
  readonly requirements: readonly AskedFor[];
}

/**
 * Reads a lock file for a target. Only wheels can be taken, and only with a sha256. Throws `LOCK_INVALID`,
 * `PACKAGE_BLOCKED`, `FILE_UNREADABLE`.
 */
export async function readLockFile(context: Context, file: AbsPath, target: Target): Promise<LockFile> {
  const text = await readTextFile(context, file);
  const label = shownPath(context, file);
  const choices = selectFromPylock(parsePylock(text), target);
  const names = new Set(choices.map((choice) => choice.package.name));
  // A lock for several targets names what the package needs on any of them.
  const packages = choices.map((choice) => {
    const one = lockedPackage(context, choice, { file, label });
    return { ...one, dependencies: [...new Set(one.dependencies)].filter((name) => names.has(name)) };
  });
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
      text: one.directUrl === undefined ? `${one.name}==${one.version}` : `${one.name} @ ${one.directUrl.reveal()}`,
      source: { kind: "file" as const, file, line: lineOf(lines, one.name) },
    }));
  return { lock, requirements };
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
  const { environments = [], requiresPython } = parsePylock(await readTextFile(context, file));
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
