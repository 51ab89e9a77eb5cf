import { type AbsPath, isVenvoyError, mapLimit, printable } from "../../base/index.ts";
import type { Context } from "../context.ts";
import { CheckEnvironments } from "./check-environments.ts";
import { blank, type CheckItem, itemOf, problemOf, type ReadScript, readScript } from "./check-item.ts";
import type { CheckedScript, CheckRequest } from "./check-types.ts";
import { findScripts } from "./find-scripts.ts";
import { takes } from "./python-pool.ts";

export interface ReadAll {
  readonly items: readonly CheckItem[];
  /** Scripts that need no further look: faulty ones, and those of other languages. */
  readonly reports: readonly CheckedScript[];
  readonly notes: readonly string[];
}

/** Reads all that a request names, and looks at the environments that runs would take. */
export async function readAll(context: Context, request: CheckRequest): Promise<ReadAll> {
  const { paths, searched } = await findScripts(context, request.files);
  const read = await mapLimit(paths, 8, async (path) => ({ path, read: await readScript(context, path, request) }));
  const own = new Set(read.flatMap(({ read: one }) => (one.kind === "item" ? (one.runnable.script ?? []) : [])));
  const environments = new CheckEnvironments(context, request, own);
  const items: CheckItem[] = [];
  const reports: CheckedScript[] = [];
  let plain = 0;
  for (const { path, read: one } of read) {
    if (one.kind === "report") reports.push(one.report);
    else if (searched.has(path) && isPlain(one)) plain++;
    else {
      const item = await itemIn(environments, one, path, request);
      if ("report" in item) reports.push(item.report);
      else items.push(item);
    }
  }
  const files = plain === 1 ? "1 file without a header" : `${plain} files without a header`;
  const left = plain === 0 ? [] : [`${files} left out: \`default\` serves what says nothing`];
  return { items, reports, notes: [...left, ...items.flatMap(({ asks }) => asks.notes)].map((one) => printable(one)) };
}

/** Of a directory, modules that scripts import are no scripts, and most plugins ask for nothing of Python's. */
function isPlain({ runnable: { header } }: Extract<ReadScript, { kind: "item" }>): boolean {
  if (header === undefined || header.kind === "none") return true;
  return header.kind === "declaration" && header.requirements.length === 0 && header.requiresPython === undefined;
}

/** Where a script can't join `default` as it is, it gets an environment of its own, as a run would give it. */
async function itemIn(
  environments: CheckEnvironments,
  read: Extract<ReadScript, { kind: "item" }>,
  path: AbsPath,
  request: CheckRequest,
): Promise<CheckItem | { readonly report: CheckedScript }> {
  try {
    const item = itemOf(read, path, await environments.of(read));
    const free = request.python === undefined ? item : { ...item, python: undefined };
    const { environment } = free;
    if (environment.python === undefined || takes(free, environment.python) || environment.refuses) return free;
    return { ...itemOf(read, path, await environments.of({ ...read, where: { kind: "own" } })), python: free.python };
  } catch (error) {
    if (!isVenvoyError(error) || error.code === "ABORTED") throw error;
    const { label, header } = read.runnable;
    return { report: { ...blank(label, path, header), problem: problemOf(error) } };
  }
}
