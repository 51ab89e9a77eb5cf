import { pathToFileURL } from "node:url";
import { type AbsPath, SafeUrl, VenvoyError } from "../../base/index.ts";
import { publishDir, withStage } from "../../disk/index.ts";
import { createIndexClient } from "../../pypi/index.ts";
import { inspect, interpreterName } from "../../python/index.ts";
import {
  defaultMirrorUrl,
  isMadeFor,
  type PythonRelease,
  releaseInvalid,
  releaseKey,
  type UnpackedRelease,
  unpackRelease,
} from "../../runtime/index.ts";
import { settingsFor } from "../choices.ts";
import { type Context, pathFrom, shownPath } from "../context.ts";
import type { OperationOptions } from "../requests.ts";
import { askOptions } from "../solve.ts";
import { givePip } from "./give-pip.ts";
import { findRelease, type ReleaseFile } from "./release-source.ts";

export interface InstallPythonRequest extends OperationOptions {
  /** A version or range (`3.12`, `>=3.11`), the path of a release's archive, or its address. */
  readonly what: string;
  /** Unpack into this directory instead, for any system; it becomes a Python of nobody but its owner. */
  readonly at?: string;
  /** A directory or address that holds releases and their `SHA256SUMS`; else the setting `python-mirror`. */
  readonly mirror?: string;
  /** The digest that the archive must have, in hexadecimal. */
  readonly sha256?: string;
  readonly dryRun?: boolean;
}

export interface InstalledPython {
  readonly path: AbsPath;
  /** The program, unless nothing was unpacked yet (`dryRun`). */
  readonly program: AbsPath | undefined;
  /** `Python 3.11.7`; what the archive is called where that wasn't started. */
  readonly name: string;
  readonly archive: string;
  /** False when the same one was here. */
  readonly changed: boolean;
  /** Who promised the digest that the archive was compared with; `undefined` = nobody did. */
  readonly checkedBy: string | undefined;
  /** What a person should know: libraries that stay bound to their old place. */
  readonly notes: readonly string[];
}

/** Where `python install` puts Pythons: `<data>/python`, each below a name that says its version and machine. */
export function installedPythons({ fs, layout }: Pick<Context, "fs" | "layout">): AbsPath {
  return fs.path.join(layout.data, "python");
}

/**
 * Brings a released Python onto this machine, or unpacks one that is for another. Throws `PYTHON_NOT_FOUND`,
 * `DIGEST_MISMATCH`, `DIGEST_MISSING`, `RELEASE_INVALID`, `FILE_EXISTS`, and what the mirror's failures are.
 */
export async function installPython(context: Context, request: InstallPythonRequest): Promise<InstalledPython> {
  const { fs, layout, system } = context;
  const settings = await settingsFor(context, {});
  const source = createIndexClient(context, settings.index);
  const machine = { os: system.os, machine: system.machine, libc: system.libc?.kind };
  const at = request.at === undefined ? undefined : pathFrom(context, request.at);
  if (at !== undefined) await checkEmpty(context, at);
  const parent = at === undefined ? layout.stage : fs.path.directory(at);
  return withStage(context, parent, "python", async (stage) => {
    const file = await findRelease(context, request.what, {
      source,
      mirror: mirrorOf(context, request.mirror) ?? settings.pythonMirror ?? defaultMirrorUrl,
      sha256: request.sha256,
      machine,
      anyMachine: at !== undefined,
      stage,
      signal: request.signal,
    });
    const { release } = file;
    if (at === undefined && release !== undefined && !isMadeFor(release, machine)) throw madeForOthers(release);
    const known = at === undefined && release !== undefined ? await installedAlready(context, release) : undefined;
    if (known !== undefined)
      return { ...known, archive: file.label, changed: false, checkedBy: file.promisedBy, notes: [] };
    if (request.dryRun === true) {
      const path = at ?? (release === undefined ? installedPythons(context) : placeOf(context, release));
      return {
        path,
        program: undefined,
        name: file.label,
        archive: file.label,
        changed: true,
        checkedBy: file.promisedBy,
        notes: [],
      };
    }
    const archive = await download(context, file, { stage, source, signal: request.signal });
    const into = fs.path.join(stage, "tree");
    await fs.makeDir(into);
    const unpacked = await unpackRelease(context, archive, into);
    await givePip(context, unpacked, { version: release?.version, signal: request.signal });
    return finish(context, { unpacked, file, at, signal: request.signal });
  });
}

async function finish(
  context: Context,
  {
    unpacked,
    file,
    at,
    signal,
  }: {
    readonly unpacked: UnpackedRelease;
    readonly file: ReleaseFile;
    readonly at: AbsPath | undefined;
    readonly signal: AbortSignal | undefined;
  },
): Promise<InstalledPython> {
  const { fs } = context;
  const runsHere = (unpacked.os === "windows") === (context.system.os === "windows");
  const program = (root: AbsPath): AbsPath => fs.path.join(root, ...unpacked.program.split("/"));
  const answer = runsHere ? await inspect(context, program(unpacked.root), askOptions(context, signal)) : undefined;
  if (at === undefined && (answer === undefined || "reason" in answer)) {
    throw releaseInvalid(
      file.label,
      answer === undefined ? "is for another system" : `can't be started here: ${answer.reason}`,
    );
  }
  const found = answer !== undefined && "ok" in answer ? answer.ok : undefined;
  const path = at ?? fs.path.join(installedPythons(context), keyOf(context, file, found?.version));
  const isFresh = await publishDir(fs, unpacked.root, path);
  if (!isFresh && at !== undefined) throw notEmpty(context, at);
  return {
    path,
    program: program(path),
    name: found === undefined ? file.label : interpreterName(found),
    archive: file.label,
    changed: isFresh,
    checkedBy: file.promisedBy,
    notes: (unpacked.movable?.stuck ?? []).map((one) => `${one} looks for its libraries in the old place only`),
  };
}

function keyOf(context: Context, { release }: ReleaseFile, version: string | undefined): string {
  if (release !== undefined) return releaseKey(release);
  const { os, machine, libc } = context.system;
  return releaseKey({
    version: version ?? "unknown",
    freeThreaded: false,
    debug: false,
    os,
    machine: machine.toLowerCase(),
    libc: libc?.kind,
  });
}

function placeOf(context: Context, release: PythonRelease): AbsPath {
  return context.fs.path.join(installedPythons(context), releaseKey(release));
}

async function installedAlready(
  context: Context,
  release: PythonRelease,
): Promise<Pick<InstalledPython, "path" | "program" | "name"> | undefined> {
  const path = placeOf(context, release);
  const program = context.fs.path.join(path, ...(release.os === "windows" ? ["python.exe"] : ["bin", "python3"]));
  if ((await context.fs.info(program)) === undefined) return undefined;
  const answer = await inspect(context, program, askOptions(context));
  return "ok" in answer ? { path, program, name: interpreterName(answer.ok) } : undefined;
}

async function download(
  context: Context,
  file: ReleaseFile,
  {
    stage,
    source,
    signal,
  }: {
    readonly stage: AbsPath;
    readonly source: ReturnType<typeof createIndexClient>;
    readonly signal: AbortSignal | undefined;
  },
): Promise<AbsPath> {
  const archive = context.fs.path.join(stage, file.label.replace(/[^\w.+-]/g, "_"));
  const { label, url, sha256 } = file;
  await source.fetch(
    { filename: label, url, ...(sha256 === undefined ? {} : { sha256 }) },
    archive,
    signal === undefined ? {} : { signal },
  );
  return archive;
}

/** A directory, or an address; a directory is its `file:` address. */
function mirrorOf(context: Context, text: string | undefined): SafeUrl | undefined {
  if (text === undefined) return undefined;
  const address = /^[a-z]+:\/\//i.test(text) ? text : pathToFileURL(pathFrom(context, text)).href;
  return SafeUrl.parse(address.endsWith("/") ? address : `${address}/`);
}

async function checkEmpty(context: Context, at: AbsPath): Promise<void> {
  const { fs } = context;
  if ((await fs.linkInfo(at)) === undefined) return;
  const entries = await fs.list(at);
  if (entries?.length !== 0) throw notEmpty(context, at);
  // A rename over an empty directory is not possible everywhere.
  await fs.remove(at);
}

function notEmpty(context: Context, at: AbsPath): VenvoyError {
  return new VenvoyError("FILE_EXISTS", `\`${shownPath(context, at)}\` is there already, and not empty`, {
    hint: "name a directory that isn't there yet with `--at DIR`",
    data: { path: at },
  });
}

function madeForOthers({ filename, os, machine }: PythonRelease): VenvoyError {
  return new VenvoyError(
    "RELEASE_INVALID",
    `\`${filename}\` is a Python for ${os} on ${machine}, which doesn't run here`,
    {
      hint: "add `--at DIR` to unpack it for another machine",
      data: { file: filename, os, machine },
    },
  );
}
