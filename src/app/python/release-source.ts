import { fileURLToPath, pathToFileURL } from "node:url";
import { type AbsPath, isVenvoyError, parseSha256, SafeUrl, type Sha256, VenvoyError } from "../../base/index.ts";
import type { PackageSource } from "../../pypi/index.ts";
import { parsePythonRequest } from "../../python/index.ts";
import {
  chooseRelease,
  isMadeFor,
  type PythonRelease,
  parseReleaseName,
  type RuntimeMachine,
  readChecksums,
  releaseInvalid,
} from "../../runtime/index.ts";
import { type Context, pathFrom, shownPath } from "../context.ts";

/** An archive that is to be unpacked. */
export interface ReleaseFile {
  /** Its file name. */
  readonly label: string;
  readonly url: SafeUrl;
  /** What its name says; `undefined` for a name of one's own. */
  readonly release: PythonRelease | undefined;
  readonly sha256: Sha256 | undefined;
  /** Who promised the digest: `--sha256`, or the file that lists it. */
  readonly promisedBy: string | undefined;
}

export interface ReleaseQuestion {
  readonly source: PackageSource;
  /** A directory that holds release archives and their `SHA256SUMS`. */
  readonly mirror: SafeUrl;
  readonly sha256: string | undefined;
  readonly machine: RuntimeMachine;
  /** A release for another machine is fine: it is only unpacked. */
  readonly anyMachine: boolean;
  /** Downloads of lists go here. */
  readonly stage: AbsPath;
  readonly signal: AbortSignal | undefined;
}

/**
 * What a person named: a file here, an address, or a version that the mirror has. Throws `FILE_UNREADABLE`,
 * `PYTHON_REQUEST_INVALID`, `PYTHON_NOT_FOUND`, `DIGEST_INVALID`.
 */
export async function findRelease(context: Context, what: string, question: ReleaseQuestion): Promise<ReleaseFile> {
  const promised = question.sha256 === undefined ? undefined : parseSha256(question.sha256.toLowerCase());
  const url = await addressOf(context, what);
  if (url === undefined) return onMirror(context, what, question, promised);
  const { pathname, hash } = new URL(url.reveal());
  const label = decodeURIComponent(pathname.split("/").pop() ?? "");
  const inAddress = /^#sha256=([0-9a-fA-F]{64})$/.exec(hash)?.[1];
  const digest = promised ?? (inAddress === undefined ? undefined : parseSha256(inAddress.toLowerCase()));
  const listed = digest === undefined ? await listedDigest(context, url, label, question) : undefined;
  if (digest === undefined && listed === undefined && !isLocal(url)) {
    throw new VenvoyError("DIGEST_MISSING", `Nothing says which digest \`${url}\` must have`, {
      hint: "add `--sha256 DIGEST` with the digest that its publisher tells",
      data: { url },
    });
  }
  return {
    label,
    url,
    release: parseReleaseName(label),
    sha256: digest ?? listed?.sha256,
    promisedBy: digest === undefined ? listed?.from : "--sha256",
  };
}

/** A file or an address; `undefined` for what can only be a version. */
async function addressOf(context: Context, what: string): Promise<SafeUrl | undefined> {
  if (/^(?:https?|file):\/\//i.test(what)) return SafeUrl.parse(what);
  const looksLikeFile = /[/\\]/.test(what) || /\.(?:tar\.\w+|tgz|zip|nupkg)$/i.test(what);
  const path = pathFrom(context, what);
  if ((await context.fs.info(path))?.kind === "file") return SafeUrl.parse(pathToFileURL(path).href);
  if (!looksLikeFile) return undefined;
  throw new VenvoyError("FILE_UNREADABLE", `There is no file \`${shownPath(context, path)}\``, {
    data: { file: path },
  });
}

async function listedDigest(
  context: Context,
  url: SafeUrl,
  label: string,
  question: ReleaseQuestion,
): Promise<{ readonly sha256: Sha256; readonly from: string } | undefined> {
  for (const name of [`${label}.sha256`, "SHA256SUMS"]) {
    const text = await textAt(context, besides(url, name), question);
    const sha256 = text === undefined ? undefined : readChecksums(text, label).get(label);
    if (sha256 !== undefined) return { sha256, from: name };
  }
  return undefined;
}

async function onMirror(
  context: Context,
  what: string,
  question: ReleaseQuestion,
  promised: Sha256 | undefined,
): Promise<ReleaseFile> {
  const request = parsePythonRequest(what);
  const { mirror, machine, anyMachine } = question;
  const sums = await sumsOf(context, question);
  const releases = [...sums.keys()].flatMap((name) => parseReleaseName(name) ?? []);
  const release = chooseRelease(releases, request, machine);
  if (release === undefined || (!anyMachine && !isMadeFor(release, machine))) {
    const versions = [...new Set(releases.filter((one) => isMadeFor(one, machine)).map((one) => one.version))];
    throw new VenvoyError("PYTHON_NOT_FOUND", `No release at \`${mirror}\` is Python ${what} for this machine`, {
      hint:
        versions.length === 0
          ? "name another place with `--mirror DIR|ADDRESS`"
          : `it has ${versions.sort(newestFirst).slice(0, 8).join(", ")}`,
      data: { request: what, mirror, versions },
    });
  }
  const sha256 = promised ?? sums.get(release.filename);
  return {
    label: release.filename,
    url: besides(mirror, release.filename),
    release,
    sha256,
    promisedBy: promised !== undefined ? "--sha256" : sha256 === undefined ? undefined : "SHA256SUMS",
  };
}

function newestFirst(a: string, b: string): number {
  return b.localeCompare(a, "en", { numeric: true });
}

/** What the mirror has, with digests: its `SHA256SUMS`; a directory without one is looked into. */
async function sumsOf(context: Context, question: ReleaseQuestion): Promise<ReadonlyMap<string, Sha256 | undefined>> {
  const { mirror } = question;
  const list = besides(mirror, "SHA256SUMS");
  const text = await textAt(context, list, question);
  if (text !== undefined) return readChecksums(text);
  if (!isLocal(mirror)) throw releaseInvalid(list.toString(), "is missing, so nothing there can be checked");
  const directory = pathOf(context, mirror);
  const entries = await context.fs.list(directory);
  if (entries === undefined) {
    throw new VenvoyError("FILE_UNREADABLE", `\`${shownPath(context, directory)}\` is not a directory`, {
      data: { file: directory },
    });
  }
  return new Map(entries.filter(({ kind }) => kind !== "directory").map(({ name }) => [name, undefined]));
}

function isLocal(url: SafeUrl): boolean {
  return url.reveal().startsWith("file:");
}

function pathOf(context: Context, url: SafeUrl): AbsPath {
  return context.fs.path.resolve(context.system.cwd, fileURLToPath(url.reveal()));
}

/** A small file beside others; `undefined` when there is none. */
async function textAt(context: Context, url: SafeUrl, question: ReleaseQuestion): Promise<string | undefined> {
  const { fs } = context;
  if (isLocal(url) && (await fs.info(pathOf(context, url))) === undefined) return undefined;
  const sink = fs.path.join(question.stage, "list");
  await fs.remove(sink);
  try {
    const options = question.signal === undefined ? {} : { signal: question.signal };
    await question.source.fetch({ filename: "SHA256SUMS", url }, sink, options);
  } catch (error) {
    if (isVenvoyError(error, "INDEX_UNREACHABLE") && isAbsent(error)) return undefined;
    throw error;
  }
  const info = await fs.info(sink);
  return info === undefined || info.sizeBytes > 8 << 20 ? undefined : fs.readText(sink);
}

function isAbsent(error: VenvoyError): boolean {
  const { status } = error.data;
  return status === 404 || status === 403 || status === 410;
}

/** A file in the same directory. */
function besides(url: SafeUrl, name: string): SafeUrl {
  const there = new URL(url.reveal());
  there.hash = "";
  const directory = there.pathname.endsWith("/")
    ? there.pathname
    : there.pathname.slice(0, there.pathname.lastIndexOf("/") + 1);
  there.pathname = `${directory}${encodeURIComponent(name)}`;
  return SafeUrl.parse(there.href);
}
