import { pathToFileURL } from "node:url";
import type { PackageName } from "../../base/index.ts";
import { parseSdistName, parseWheelName } from "../../pep/index.ts";
import { createIndexClient } from "../../pypi/index.ts";
import type { Interpreter } from "../../python/index.ts";
import { settingsFor } from "../choices.ts";
import { type Context, pathFrom } from "../context.ts";
import type { ResolveChoices } from "../requests.ts";
import { nameOfAddress } from "./addresses.ts";

export interface Naming {
  readonly choices: ResolveChoices;
  /** Asked only when sources must be built to know their name. */
  readonly interpreter: () => Promise<Interpreter>;
  readonly signal?: AbortSignal | undefined;
}

/** A path or an address where a requirement could stand, with its extras: `./demo[fast]`, `-e .`, `git+https://…`. */
interface Unnamed {
  readonly url: string;
  readonly extras: string;
}

/**
 * Puts names in front of what was typed without one: `./demo` becomes `demo @ file:///…/demo`. Texts that have a name
 * stay as they are.
 */
export async function withNames(
  context: Context,
  texts: readonly string[],
  naming: Naming,
): Promise<readonly string[]> {
  const named: string[] = [];
  for (const text of texts) {
    const unnamed = await readUnnamed(context, text.trim());
    named.push(
      unnamed === undefined ? text : `${await nameOf(context, unnamed.url, naming)}${unnamed.extras} @ ${unnamed.url}`,
    );
  }
  return named;
}

async function readUnnamed(context: Context, text: string): Promise<Unnamed | undefined> {
  const editable = /^-e\s+|^--editable[\s=]+/.exec(text)?.[0];
  const rest = editable === undefined ? text : text.slice(editable.length).trim();
  if (/^(?:(?:git|hg|svn|bzr)\+\w+|https?|file):/i.test(rest)) {
    const [, url = rest, extras = ""] = /^(.*?)(\[[\w.,\s-]+\])?$/s.exec(rest) ?? [];
    return { url: editable === undefined ? url : withFragment(url, "editable"), extras };
  }
  const [, path = rest, extras = ""] = /^(.*?)(\[[\w.,\s-]+\])?$/s.exec(rest) ?? [];
  const isPath =
    /^(?:\.{1,2}$|\.{0,2}[\\/]|~[\\/]|[A-Za-z]:[\\/])/.test(path) || /\.(?:whl|zip|tar\.\w+|tgz)$/i.test(path);
  if (!isPath && editable === undefined) return undefined;
  const home = path.startsWith("~") ? context.fs.path.join(context.system.home, path.slice(2)) : path;
  const url = pathToFileURL(pathFrom(context, home)).href;
  return { url: editable === undefined ? url : withFragment(url, "editable"), extras };
}

function withFragment(url: string, word: string): string {
  return url.includes("#") ? `${url}&${word}` : `${url}#${word}`;
}

/** By the file's name where that says it; else the sources are asked. */
async function nameOf(context: Context, url: string, { choices, interpreter, signal }: Naming): Promise<PackageName> {
  const filename = decodeURIComponent(new URL(url).pathname.split("/").pop() ?? "");
  if (/\.whl$/i.test(filename)) return parseWheelName(filename).name;
  if (!url.startsWith("git+")) {
    const stated = tryName(filename);
    if (stated !== undefined) return stated;
  }
  const settings = await settingsFor(context, choices);
  return nameOfAddress(context, url, {
    way: { interpreter: await interpreter(), choices, within: [] },
    source: createIndexClient(context, settings.index),
    signal: signal ?? new AbortController().signal,
  });
}

function tryName(filename: string): PackageName | undefined {
  try {
    return parseSdistName(filename).name;
  } catch {
    // `main.zip` of a repository says nothing.
    return undefined;
  }
}
