import { type AbsPath, hasCode, isVenvoyError } from "../base/index.ts";
import { withStage } from "../disk/index.ts";
import { readInstalled } from "../env/index.ts";
import { tryParseVersion } from "../pep/index.ts";
import type { Ports, Reporter } from "../ports/index.ts";
import { hostMarks, hostProgram } from "./ask-program.ts";
import { hostSilent } from "./errors.ts";
import type { Bundled, HostProfile } from "./profile.ts";

type Io = Pick<Ports, "fs" | "proc" | "clock" | "system"> & { readonly reporter: Reporter };

/** What a host's Python says of itself. */
export type HostAnswer = Pick<
  HostProfile,
  "version" | "implementation" | "abi" | "platform" | "siteDirs" | "honours" | "ignores" | "bundled"
>;

interface Said {
  readonly path: readonly string[];
  readonly writable: readonly string[];
  readonly userSite: string | null;
  readonly userOn: boolean;
  readonly prefix: string;
  readonly soabi: string | null;
  readonly platform: string;
  readonly version: string;
  readonly implementation: string;
}

export interface AskHostOptions {
  /** Where marker directories are made, and removed again. */
  readonly stage: AbsPath;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks the host's Python: its search path, what is installed there, and which variables reach it. The last is tried out,
 * each with a start of its own, because documentation and builds differ. Throws `HOST_INVALID`.
 */
export async function askHost(io: Io, python: AbsPath, options: AskHostOptions): Promise<HostAnswer> {
  const plain = await start(io, python, {}, options);
  if (typeof plain === "string") throw hostSilent(python, plain);
  const { honours, ignores } = await variablesOf(io, python, plain, options);
  const userSite = plain.userSite;
  const siteDirs = plain.writable.filter((path) => /site-packages$|dist-packages$/i.test(path) || path === userSite);
  const userDirs = plain.userOn && userSite !== null && !siteDirs.includes(userSite) ? [userSite] : [];
  return {
    version: plain.version,
    implementation: plain.implementation,
    abi: plain.soabi ?? undefined,
    platform: plain.platform,
    siteDirs: [...siteDirs, ...userDirs] as AbsPath[],
    honours,
    ignores,
    bundled: await bundledIn(io, plain),
  };
}

/** Everything on the search path but what the person put into a user's directory: that is no part of the program. */
async function bundledIn(io: Io, said: Said): Promise<readonly Bundled[]> {
  const found = new Map<string, Bundled>();
  for (const directory of said.path) {
    if (directory === said.userSite || !io.fs.path.isAbsolute(directory)) continue;
    for (const { name, version, at, form } of await readInstalled(io, directory as AbsPath)) {
      if (found.has(name) || form === "egg-link" || tryParseVersion(version) === undefined) continue;
      found.set(name, { name, version, at });
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function variablesOf(
  io: Io,
  python: AbsPath,
  plain: Said,
  options: AskHostOptions,
): Promise<Pick<HostAnswer, "honours" | "ignores">> {
  return withStage(io, options.stage, "host", async (stage) => {
    const { fs } = io;
    const marker = fs.path.join(stage, "marker");
    await fs.makeDir(marker);
    const real = await fs.realPath(marker);
    const onPath = (said: Said | string, path: string): boolean => typeof said !== "string" && said.path.includes(path);
    const honours: string[] = [];
    const ignores: string[] = [];
    const tell = (name: string, isHonoured: boolean): void => void (isHonoured ? honours : ignores).push(name);
    const byPath = await start(io, python, { PYTHONPATH: marker }, options);
    tell("PYTHONPATH", onPath(byPath, marker) || onPath(byPath, real));
    // A home without a standard library: whoever honours it can't start.
    const byHome = await start(io, python, { PYTHONHOME: marker }, options);
    tell("PYTHONHOME", typeof byHome === "string" || byHome.prefix !== plain.prefix);
    const base = { PYTHONUSERBASE: marker };
    const asked = await start(io, python, base, options);
    const userSite = typeof asked === "string" ? null : asked.userSite;
    if (userSite !== null && fs.path.isAbsolute(userSite) && fs.path.isInside(marker, userSite as AbsPath)) {
      await fs.makeDir(userSite as AbsPath);
      tell("PYTHONUSERBASE", onPath(await start(io, python, base, options), userSite));
    } else tell("PYTHONUSERBASE", false);
    return { honours, ignores };
  });
}

/** The answer, or why there is none. */
async function start(
  io: Io,
  python: AbsPath,
  set: Readonly<Record<string, string>>,
  { signal }: AskHostOptions,
): Promise<Said | string> {
  const kept = Object.entries(io.system.env).filter(
    ([name]) => !/^(PYTHON.*|__PYVENV_LAUNCHER__|VIRTUAL_ENV)$/i.test(name),
  );
  const env = { ...Object.fromEntries(kept), PYTHONDONTWRITEBYTECODE: "1", ...set };
  try {
    const { exit, stdout, timedOut } = await io.proc.run({
      argv: [python, "-c", hostProgram],
      env,
      timeoutMs: 60_000,
      maxOutputBytes: 1 << 20,
      ...(signal === undefined ? {} : { signal }),
    });
    if (timedOut) return "it gave no answer within 60 s";
    return parseSaid(new TextDecoder().decode(stdout)) ?? `it ended with status ${exit ?? "?"} and no answer`;
  } catch (error) {
    signal?.throwIfAborted();
    if (isVenvoyError(error)) throw error;
    if (hasCode(error, "ENOENT")) return "there is no such program";
    if (error instanceof Error && "code" in error) return `it can't be started (${String(error.code)})`;
    throw error;
  }
}

function parseSaid(text: string): Said | undefined {
  const begin = text.lastIndexOf(hostMarks.begin);
  const end = text.indexOf(hostMarks.end, begin);
  if (begin < 0 || end < 0) return undefined;
  try {
    const value: unknown = JSON.parse(text.slice(begin + hostMarks.begin.length, end));
    return isSaid(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isSaid(value: unknown): value is Said {
  if (typeof value !== "object" || value === null) return false;
  const said = value as Record<string, unknown>;
  const isTexts = (list: unknown): boolean => Array.isArray(list) && list.every((item) => typeof item === "string");
  return (
    isTexts(said["path"]) &&
    isTexts(said["writable"]) &&
    typeof said["prefix"] === "string" &&
    typeof said["platform"] === "string" &&
    typeof said["version"] === "string" &&
    typeof said["implementation"] === "string" &&
    (said["soabi"] === null || typeof said["soabi"] === "string") &&
    (said["userSite"] === null || typeof said["userSite"] === "string")
  );
}
