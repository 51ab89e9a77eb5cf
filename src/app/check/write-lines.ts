import { type AbsPath, isVenvoyError } from "../../base/index.ts";
import { decodeSource, splitLines } from "../../codec/index.ts";
import { explainingDisk } from "../../disk/index.ts";
import { parseEnvName } from "../../env/index.ts";
import { readHeader, setEnvironment } from "../../script/index.ts";
import { type Context, pathFrom } from "../context.ts";
import type { ItemEnvironment } from "./check-item.ts";
import type { CheckRequest, WrittenLine } from "./check-types.ts";

/** Scripts of one environment that must leave it; each part goes to one of its own. */
export interface Moves {
  readonly environment: ItemEnvironment;
  readonly moves: readonly (readonly string[])[];
}

/**
 * Writes (or, on a dry run, plans) the `venv:` lines that part scripts which can't be in one environment. A line that is
 * there already is only replaced when whoever is asked says so. Everything else in the files stays, byte for byte.
 */
export async function linesApart(
  context: Context,
  request: CheckRequest,
  parts: readonly Moves[],
): Promise<readonly WrittenLine[]> {
  const lines: WrittenLine[] = [];
  const taken = new Set<string>();
  for (const { environment, moves } of parts) {
    for (const scripts of moves) {
      const name = await freeName(context, { environment, scripts, taken });
      taken.add(name);
      for (const script of scripts) lines.push(await writeLine(context, request, { script, name }));
    }
  }
  return lines;
}

async function writeLine(
  context: Context,
  request: CheckRequest,
  { script, name }: { readonly script: string; readonly name: string },
): Promise<WrittenLine> {
  const { fs } = context;
  // A link stays one: what it leads to is edited.
  const path = await fs.realPath(pathFrom(context, script));
  const before = await fs.read(path);
  const after = setEnvironment(before, name);
  const { venv } = readHeader(before);
  const line = readHeader(after).venv?.line ?? 1;
  const text = lineAt(after, line);
  const planned: WrittenLine = {
    script,
    line,
    text,
    ...(venv?.isName === true ? { replaced: lineAt(before, venv.line) } : {}),
    environment: name,
    state: "planned",
    diff: diffText(script, { before, after, line }),
  };
  if (request.dryRun === true) return planned;
  const mayReplace = planned.replaced === undefined || (await request.confirmWrite?.(planned)) === true;
  if (!mayReplace) return { ...planned, state: "declined" };
  await replaceFile(context, path, after);
  return { ...planned, state: "written" };
}

async function replaceFile({ fs }: Context, path: AbsPath, bytes: Uint8Array): Promise<void> {
  const mode = ((await fs.info(path))?.mode ?? 0o644) & 0o7777;
  await explainingDisk(path, () => fs.writeAtomic(path, bytes, { mode }));
}

/** The name of the first script, or of the environment with a number, that no environment has. */
async function freeName(
  context: Context,
  {
    environment,
    scripts,
    taken,
  }: {
    readonly environment: ItemEnvironment;
    readonly scripts: readonly string[];
    readonly taken: ReadonlySet<string>;
  },
): Promise<string> {
  const stem = context.fs.path
    .name(scripts[0] ?? "")
    .replace(/\.[^.]*$/, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  const isShared = environment.refuses && isName(`${environment.name}-2`);
  const base = isShared ? environment.name : isName(stem) ? stem : "scripts";
  for (let number = isShared ? 2 : 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(name) && (await context.home.find(name)) === undefined) return name;
  }
}

function isName(text: string): boolean {
  try {
    parseEnvName(text);
    return true;
  } catch (error) {
    if (isVenvoyError(error)) return false;
    throw error;
  }
}

function lineAt(bytes: Uint8Array, line: number): string {
  return splitLines(decodeSource(bytes).text)[line - 1]?.text ?? "";
}

/** The one changed line with three around it, as `diff -u` shows it. */
function diffText(
  script: string,
  { before, after, line }: { readonly before: Uint8Array; readonly after: Uint8Array; readonly line: number },
): string {
  const [old, fresh] = [before, after].map((bytes) =>
    splitLines(decodeSource(bytes).text).map(({ text }) => text.replace(/^\ufeff/, "")),
  );
  if (old === undefined || fresh === undefined) return "";
  const isReplaced = old.length === fresh.length;
  const at = line - 1;
  const from = Math.max(0, at - 3);
  const tail = old.slice(at + (isReplaced ? 1 : 0), at + (isReplaced ? 1 : 0) + 3);
  const head = fresh.slice(from, at);
  const oldCount = head.length + (isReplaced ? 1 : 0) + tail.length;
  return [
    `--- ${script}`,
    `+++ ${script}`,
    `@@ -${oldCount === 0 ? 0 : from + 1},${oldCount} +${from + 1},${head.length + 1 + tail.length} @@`,
    ...head.map((text) => ` ${text}`),
    ...(isReplaced ? [`-${old[at] ?? ""}`] : []),
    `+${fresh[at] ?? ""}`,
    ...tail.map((text) => ` ${text}`),
  ].join("\n");
}
