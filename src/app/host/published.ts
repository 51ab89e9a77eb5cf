import { type AbsPath, hasCode } from "../../base/index.ts";
import type { Context } from "../context.ts";

/** A share with releases, as somebody sees it who only reads. */
export interface Published {
  readonly name: string;
  readonly release: number;
  /** The tree of the release that is current now. */
  readonly tree: AbsPath;
}

/** What a directory publishes; `undefined` when it is none that does. */
export async function readPublished({ fs }: Pick<Context, "fs">, directory: AbsPath): Promise<Published | undefined> {
  const facts = await textOf(fs, fs.path.join(directory, "publication.json"));
  if (facts === undefined) return undefined;
  const pointed = /^\s*(\d+)/.exec((await textOf(fs, fs.path.join(directory, "current.txt"))) ?? "")?.[1];
  if (pointed === undefined) return undefined;
  return {
    name: nameIn(facts) ?? fs.path.name(directory),
    release: Number(pointed),
    tree: fs.path.join(directory, "releases", pointed),
  };
}

function nameIn(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const name = typeof value === "object" && value !== null && "name" in value ? value.name : undefined;
    return typeof name === "string" && name !== "" ? name : undefined;
  } catch {
    return undefined;
  }
}

async function textOf(fs: Context["fs"], file: AbsPath): Promise<string | undefined> {
  try {
    return await fs.readText(file);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR", "EISDIR")) return undefined;
    throw error;
  }
}
