import { pathToFileURL } from "node:url";
import type { AbsPath } from "../../base/index.ts";
import type { Repository } from "../../exchange/index.ts";
import type { Context } from "../context.ts";
import type { Seen } from "../installed.ts";

/** What version control says of the projects that editable installs lead to, as `pip freeze` asks it. */
export async function repositoriesOf(
  context: Context,
  seen: readonly Seen[],
): Promise<ReadonlyMap<AbsPath, Repository>> {
  const found = new Map<AbsPath, Repository>();
  for (const { editableAt } of seen) {
    if (editableAt === undefined || found.has(editableAt)) continue;
    const repository = await repositoryOf(context, editableAt);
    if (repository !== undefined) found.set(editableAt, repository);
  }
  return found;
}

/** `undefined` without version control, or without git. */
async function repositoryOf(context: Context, directory: AbsPath): Promise<Repository | undefined> {
  const prefix = await git(context, directory, "rev-parse", "--show-prefix");
  if (prefix === undefined) return undefined;
  const remotes = ((await git(context, directory, "config", "--get-regexp", "remote\\..*\\.url")) ?? "")
    .split("\n")
    .filter((line) => line !== "");
  const line = remotes.find((one) => one.startsWith("remote.origin.url ")) ?? remotes[0];
  if (line === undefined) return { kind: "no-remote" };
  const written = line.split(" ")[1]?.trim() ?? "";
  const url = await addressOf(context, written);
  if (url === undefined) return { kind: "bad-remote", url: written };
  const commit = await git(context, directory, "rev-parse", "HEAD");
  if (commit === undefined) return { kind: "unknown" };
  return { kind: "remote", url, commit, subdirectory: prefix.replace(/\/$/, "") };
}

/** git's own forms of an address as one that requirements can have. */
async function addressOf({ fs }: Context, written: string): Promise<string | undefined> {
  if (/^\w+:\/\//.test(written)) return written;
  if (fs.path.isAbsolute(written) && (await fs.info(fs.path.resolve(written as AbsPath, "."))) !== undefined)
    return pathToFileURL(written).href;
  const [, user = "", host, path] = /^(\w+@)?([^/:]+):(\w[^:]*)$/.exec(written) ?? [];
  return host === undefined ? undefined : `ssh://${user}${host}/${path}`;
}

async function git({ proc, system }: Context, cwd: AbsPath, ...words: readonly string[]): Promise<string | undefined> {
  try {
    const result = await proc.run({ argv: ["git", ...words], cwd, env: system.env });
    return result.exit === 0 ? new TextDecoder().decode(result.stdout).trim() : undefined;
  } catch {
    // No git here: then it is no repository to pip, either.
    return undefined;
  }
}
