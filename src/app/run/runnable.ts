import { type AbsPath, hasCode, isVenvoyError, printable, SafeUrl, VenvoyError } from "../../base/index.ts";
import { createHash } from "../../codec/index.ts";
import { fetchBytes } from "../../pypi/index.ts";
import { readDeclaration, readHeader, requireSound, type ScriptHeader } from "../../script/index.ts";
import { settingsFor } from "../choices.ts";
import { type Context, pathFrom, shownPath } from "../context.ts";
import type { RunRequest } from "../requests.ts";

/** What is run, once it is at hand: its header, and the words that Python is started with. */
export interface Runnable {
  readonly header: ScriptHeader | undefined;
  /** What messages call it. */
  readonly label: string;
  /** The script's real path: its claim on a shared environment belongs to it. Only files can claim. */
  readonly script: AbsPath | undefined;
  /** The path as it was given, made absolute; the key of the memo. */
  readonly given: AbsPath | undefined;
  /** A command is started itself; everything else by the environment's Python. */
  readonly starts: "python" | "itself";
  /** For Python: the words after it. For a command: the program and its words. */
  readonly words: readonly string[];
}

const largestScriptBytes = 16 << 20;

/** Reads the script, whatever it comes from. Throws `SCRIPT_NOT_FOUND`, `HEADER_INVALID`. */
export async function runnableOf(context: Context, request: RunRequest): Promise<Runnable> {
  const { target, args = [] } = request;
  const plain = { header: undefined, script: undefined, given: undefined, starts: "python" } as const;
  switch (target.kind) {
    case "file":
      return fromFile(context, target.path, args);
    case "url":
      return fromText(context, await fetchScript(context, target.url, request), nameOfUrl(target.url), args);
    case "stdin":
      return fromText(context, new TextEncoder().encode(target.text), "stdin.py", args);
    case "module":
      return { ...plain, label: `-m ${target.module}`, words: ["-m", target.module, ...args] };
    case "code":
      return { ...plain, label: "-c", words: ["-c", target.code, ...args] };
    case "command":
      return { ...plain, label: target.program, starts: "itself", words: [target.program, ...args] };
  }
}

async function fromFile(context: Context, path: string, args: readonly string[]): Promise<Runnable> {
  const given = pathFrom(context, path);
  const bytes = await readScript(context, given);
  const label = shownPath(context, given);
  if (isOtherProgram(path, bytes)) {
    return { header: undefined, label, script: undefined, given: undefined, starts: "itself", words: [given, ...args] };
  }
  const header = readDeclaration(context.fs.path.name(given), bytes, context.system.os) ?? readHeader(bytes);
  checkHeader(header, label);
  return { header, label, script: await context.fs.realPath(given), given, starts: "python", words: [path, ...args] };
}

/** A file that the system starts by itself, and not with Python: a binary, or a script with another `#!` line. */
function isOtherProgram(path: string, bytes: Uint8Array): boolean {
  if (/\.(pyw?|py[23]|cs|gh|ghx)$/i.test(path)) return false;
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 200));
  if (/^(\x7fELF|MZ|\xcf\xfa\xed\xfe|\xca\xfe\xba\xbe)/.test(head)) return true;
  return head.startsWith("#!") && !/python|^#!\s*venvoy/i.test(head.split("\n")[0] ?? "");
}

/** A script without a file of its own is kept in the cache, alone in its directory, which is first on `sys.path`. */
async function fromText(context: Context, bytes: Uint8Array, name: string, args: readonly string[]): Promise<Runnable> {
  const header = readHeader(bytes);
  checkHeader(header, name);
  const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 32);
  const directory = context.fs.path.join(context.layout.cache, "texts", digest);
  const file = context.fs.path.join(directory, name);
  await context.fs.makeDir(directory);
  await context.fs.writeAtomic(file, bytes);
  return { header, label: name, script: undefined, given: undefined, starts: "python", words: [file, ...args] };
}

/** Faults in the header of another language are not for us to judge: its language is refused later. */
function checkHeader(header: ScriptHeader, label: string): void {
  if (header.language === undefined || header.language.family === "python") requireSound(header, label);
}

async function readScript(context: Context, file: AbsPath): Promise<Uint8Array> {
  const label = printable(shownPath(context, file), { newlines: false });
  if (file.includes("\0")) throw scriptMissing(label, "no file can have such a name");
  const info = await context.fs.info(file).catch((error: unknown) => {
    if (hasCode(error, "ENAMETOOLONG"))
      throw scriptMissing(label, "no file can have such a long name", { cause: error });
    if (hasCode(error, "EACCES", "EPERM", "ELOOP"))
      throw scriptMissing(label, "the way to it is barred", { cause: error });
    throw error;
  });
  if (info === undefined) throw scriptMissing(label, "there is no such file");
  if (info.kind === "directory") throw scriptMissing(label, "it is a directory");
  // A pipe can be read once only, and keeps everybody waiting; a device may never end.
  if (info.kind !== "file") throw scriptMissing(label, "it is no file", { hint: "venvoy run - reads standard input" });
  if (info.sizeBytes > largestScriptBytes) throw scriptMissing(label, "it is larger than 16 MiB, which no script is");
  try {
    return await context.fs.read(file);
  } catch (error) {
    if (hasCode(error, "EACCES", "EPERM")) throw scriptMissing(label, "it may not be read", { cause: error });
    throw error;
  }
}

async function fetchScript(context: Context, text: string, request: RunRequest): Promise<Uint8Array> {
  const url = addressOf(text);
  if (context.offline) {
    throw new VenvoyError("OFFLINE_MISSING", `\`${url}\` is on the network, which may not be used`, {
      hint: "download it first, and run the file",
    });
  }
  const { index } = await settingsFor(context, request);
  try {
    return await fetchBytes(context, index, url, { limitBytes: largestScriptBytes, signal: request.signal });
  } catch (error) {
    if (!isVenvoyError(error) || !error.code.startsWith("INDEX_")) throw error;
    // What is an index to others is a script here.
    const why = error.message.replace(`\`${url}\` `, "it ").replace(/^The /, "the ");
    const hint = error.data["status"] === 404 ? undefined : error.hint;
    throw scriptMissing(String(url), why, { hint, cause: error.cause });
  }
}

function addressOf(text: string): SafeUrl {
  try {
    return SafeUrl.parse(text);
  } catch {
    throw scriptMissing(text, "it is not a web address");
  }
}

function nameOfUrl(url: string): string {
  const last = new URL(url).pathname.split("/").at(-1) ?? "";
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,100}\.py$/.test(last) ? last : "script.py";
}

function scriptMissing(
  label: string,
  why: string,
  { hint, cause }: { readonly hint?: string | undefined; readonly cause?: unknown } = {},
): VenvoyError {
  return new VenvoyError("SCRIPT_NOT_FOUND", `\`${printable(label, { newlines: false })}\` can't be run: ${why}`, {
    data: { script: label },
    ...(hint === undefined ? {} : { hint }),
    ...(cause === undefined ? {} : { cause }),
  });
}
