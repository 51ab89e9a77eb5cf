import { type AbsPath, hasCode, printable, VenvoyError } from "../base/index.ts";
import { createHash } from "../codec/index.ts";
import type { Ports, ProcResult } from "../ports/index.ts";
import type { Address } from "./address.ts";

export type GitIo = Pick<Ports, "fs" | "proc" | "system">;
type GitAddress = Extract<Address, { kind: "git" }>;

export interface Checkout {
  readonly commit: string;
}

export interface GitOptions {
  /** Where repositories are kept between calls. */
  readonly cache: AbsPath;
  readonly offline: boolean;
  readonly signal?: AbortSignal;
}

const longestMs = 1_800_000;
const fullCommit = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/**
 * The commit that an address means now: asked of its server unless the address names a whole commit. Throws
 * `GIT_FAILED`, `OFFLINE_MISSING`.
 */
export async function resolveCommit(io: GitIo, address: GitAddress, options: GitOptions): Promise<string> {
  const { revision } = address;
  const repository = await repositoryFor(io, address, options);
  if (revision !== undefined && fullCommit.test(revision) && (await hasCommit(io, repository, revision))) {
    return revision;
  }
  if (options.offline && !address.url.startsWith("file:")) return known(io, repository, address);
  // A server may refuse single commits and short names; then all of its branches and tags are fetched.
  const wanted = revision ?? "HEAD";
  const one = await git(io, ["-C", repository, "fetch", "--force", "--no-tags", address.url, wanted], options);
  if (one.exit === 0) return commitOf(io, repository, "FETCH_HEAD", options);
  const refs = ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"];
  const all = await git(io, ["-C", repository, "fetch", "--force", address.url, ...refs], options);
  if (all.exit !== 0) throw gitFailed(address, all);
  for (const name of [`refs/remotes/origin/${wanted}`, `refs/tags/${wanted}`, wanted]) {
    const found = await git(io, ["-C", repository, "rev-parse", "--verify", "--quiet", `${name}^{commit}`], options);
    if (found.exit === 0) return text(found.stdout);
  }
  throw gitFailed(address, one);
}

/** Puts the files of a commit, its submodules and its LFS files into `into`, which must not exist. */
export async function checkout(
  io: GitIo,
  address: GitAddress,
  { commit, into, ...options }: GitOptions & { readonly commit: string; readonly into: AbsPath },
): Promise<void> {
  const repository = await repositoryFor(io, address, options);
  const steps: readonly (readonly string[])[] = [
    ["clone", "--quiet", "--no-checkout", "--shared", repository, into],
    // Relative submodules and LFS are asked of the true server, not of our copy.
    ["-C", into, "remote", "set-url", "origin", address.url],
    ["-C", into, "checkout", "--quiet", "--detach", commit],
    ["-C", into, "submodule", "update", "--quiet", "--init", "--recursive"],
  ];
  for (const words of steps) {
    const result = await git(io, words, options);
    if (result.exit !== 0) throw gitFailed(address, result);
  }
}

async function repositoryFor(io: GitIo, { url }: GitAddress, options: GitOptions): Promise<AbsPath> {
  const digest = createHash("sha256").update(url).digest("hex").slice(0, 24);
  const repository = io.fs.path.join(options.cache, digest);
  if ((await io.fs.info(io.fs.path.join(repository, "HEAD"))) !== undefined) return repository;
  await io.fs.makeDir(repository);
  const made = await git(io, ["init", "--quiet", "--bare", repository], options);
  if (made.exit !== 0) throw gitFailed({ kind: "git", url }, made);
  return repository;
}

async function hasCommit(io: GitIo, repository: AbsPath, commit: string): Promise<boolean> {
  const result = await git(io, ["-C", repository, "cat-file", "-e", `${commit}^{commit}`], {});
  return result.exit === 0;
}

/** Offline the last answer counts. */
async function known(io: GitIo, repository: AbsPath, address: GitAddress): Promise<string> {
  const result = await git(io, ["-C", repository, "rev-parse", "--verify", "--quiet", "FETCH_HEAD^{commit}"], {});
  if (result.exit === 0) return text(result.stdout);
  throw new VenvoyError("OFFLINE_MISSING", `The repository \`${shown(address.url)}\` is not on this machine`, {
    hint: "run it again with the network",
  });
}

async function commitOf(io: GitIo, repository: AbsPath, name: string, options: GitOptions): Promise<string> {
  const result = await git(io, ["-C", repository, "rev-parse", "--verify", `${name}^{commit}`], options);
  return text(result.stdout);
}

/** Without questions on the terminal, without hooks and programs that a repository or its address could name. */
async function git(
  io: GitIo,
  words: readonly string[],
  { signal }: { readonly signal?: AbortSignal },
): Promise<ProcResult> {
  const safe = ["-c", "core.hooksPath=/dev/null", "-c", "protocol.ext.allow=never", "-c", "core.fsmonitor=false"];
  try {
    return await io.proc.run({
      argv: ["git", ...safe, ...words],
      env: {
        ...io.system.env,
        GIT_TERMINAL_PROMPT: "0",
        GIT_ALLOW_PROTOCOL: "https:http:ssh:file:git",
        GIT_DIR: undefined,
        GIT_WORK_TREE: undefined,
        GIT_INDEX_FILE: undefined,
      },
      timeoutMs: longestMs,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
    throw new VenvoyError("GIT_FAILED", "git is not installed", {
      hint: "install git, or name an archive instead of a repository",
      cause: error,
    });
  }
}

function gitFailed({ url, revision }: GitAddress, { stderr }: ProcResult): VenvoyError {
  const lines = text(stderr)
    .split("\n")
    .filter((line) => /^(?:fatal|error|remote):/.test(line));
  const what = revision === undefined ? shown(url) : `${shown(url)} at ${revision}`;
  const why = lines
    .slice(0, 3)
    .map((line) => `\n  ${printable(shown(line), { newlines: false })}`)
    .join("");
  return new VenvoyError("GIT_FAILED", `git can't fetch \`${printable(what, { newlines: false })}\`${why}`, {
    hint: "check the address and the revision, and that git itself can fetch it",
    data: { url: shown(url), ...(revision === undefined ? {} : { revision }) },
  });
}

function shown(url: string): string {
  return url.replace(/(\w+:\/\/)[^/@\s]*@/g, "$1****@");
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8").trim();
}
