import { byCodePoint, type VenvoyError } from "../../base/index.ts";
import { groupScripts } from "../../lanes/index.ts";
import type { Interpreter } from "../../python/index.ts";
import type { Context } from "../context.ts";
import { askedByHeader } from "../run/header-asks.ts";
import { Answers, type Solo } from "./answers.ts";
import { ownEnvironment } from "./check-environments.ts";
import type { CheckItem } from "./check-item.ts";
import type { CheckReport, CheckRequest } from "./check-types.ts";
import { clashesOf } from "./clashes.ts";
import { movesApart } from "./moves.ts";
import { crowdedBy } from "./other-claims.ts";
import { prepare } from "./prepare.ts";
import { pythonPool } from "./python-pool.ts";
import { readAll } from "./read-scripts.ts";
import { environmentsOf, isTogether, lanesOf, type State, scriptOf } from "./report-parts.ts";
import { linesApart } from "./write-lines.ts";

/**
 * Says of scripts whether they can live together, before any runs: which clash in their environments, which in one
 * process, and the fewest lanes that serve them. Makes and changes nothing, unless `prepare` or `write` ask for it.
 * Throws `FILE_UNREADABLE` for a directory without scripts; what is wrong with single scripts is told in the report.
 */
export async function check(context: Context, request: CheckRequest): Promise<CheckReport> {
  const { state, reports, items, problems } = await solveAll(context, request);
  const { grouping, answers } = state;
  const environments = await environmentsOf(state);
  const crowded = await crowdedBy(context, state);
  const clashes = [
    ...(await clashesOf(environments.placed, { known: grouping.known, answers })),
    ...crowded.map(({ clash }) => clash),
  ];
  const lines = request.write === true ? await linesApart(context, request, movesApart(state, crowded)) : [];
  if (lines.some((line) => line.state === "written"))
    return { ...(await check(context, { ...request, write: false })), lines };
  const lanes = await lanesOf(state);
  const laneOf = new Map(lanes.flatMap(({ number, scripts }) => scripts.map((script) => [script, number] as const)));
  const scripts = [
    ...items.map((item) => scriptOf(item, problems.get(item), laneOf.get(item.label))),
    ...reports.scripts,
  ].sort((a, b) => byCodePoint(a.path, b.path));
  const isPreparing = request.prepare === true && request.dryRun !== true;
  return {
    together: isTogether(scripts, lanes, clashes),
    scripts,
    environments: environments.checked,
    clashes,
    lanes,
    fewest: { exact: grouping.isExact, atLeast: grouping.atLeast },
    solved: answers.solved,
    lines,
    prepared: isPreparing
      ? await prepare(
          context,
          request,
          items.filter((item) => !problems.has(item)),
        )
      : [],
    notes: reports.notes,
  };
}

interface Solved {
  readonly state: State;
  readonly items: readonly CheckItem[];
  /** Why a script can't be served at all. */
  readonly problems: ReadonlyMap<CheckItem, unknown>;
  readonly reports: Pick<CheckReport, "scripts" | "notes">;
}

/** Solves every script alone, and then asks which of them can live together. */
async function solveAll(context: Context, request: CheckRequest): Promise<Solved> {
  const { items, reports, notes } = await readAll(context, request);
  const problems = new Map<CheckItem, unknown>();
  const pool = await pythonPool(context, items, {
    python: request.python,
    signal: request.signal,
    failed: (item, error) => problems.set(item, error),
  });
  const answers = new Answers(context, request);
  const classes = classesOf(items.filter((item) => !problems.has(item)));
  const solos: Solo[] = [];
  const moved = new Map<CheckItem, CheckItem>();
  for (const members of classes) {
    const [first] = members;
    const python = first === undefined ? undefined : pool.own.get(first);
    if (first === undefined || python === undefined) continue;
    const solo = await aloneOrOwn(answers, first, python);
    if ("failure" in solo) for (const item of members) problems.set(item, solo.failure);
    else {
      solos.push(solo);
      for (const item of members)
        moved.set(item, item === first ? solo.item : { ...item, environment: solo.item.environment });
    }
  }
  answers.among(solos, pool.pythons);
  const grouping = await groupScripts(solos.length, (members) => answers.fits(members), {
    belongsTo: (member) => solos[member]?.item.environment.key ?? "",
  });
  const labelsOf = (item: CheckItem): readonly string[] =>
    (classes.find(([first]) => first?.label === item.label) ?? [item]).map(({ label }) => label);
  return {
    state: { solos, grouping, answers, labelsOf },
    items: items.map((item) => moved.get(item) ?? item),
    problems,
    reports: { scripts: reports, notes },
  };
}

/** `default` never refuses: what doesn't fit beside that which was typed into it gets an environment of its own. */
async function aloneOrOwn(
  answers: Answers,
  item: CheckItem,
  python: Interpreter,
): Promise<Solo | { readonly failure: VenvoyError }> {
  const solo = await answers.alone(item, python);
  const { environment, label, asks } = item;
  if (!("failure" in solo) || environment.refuses || environment.typed.length === 0) return solo;
  const own = ownEnvironment(label);
  const apart = await answers.alone({ ...item, environment: own, needs: askedByHeader(label, asks) }, python);
  return "failure" in apart ? solo : apart;
}

/** Scripts that ask for the very same of the same environment count as one. */
function classesOf(items: readonly CheckItem[]): readonly (readonly CheckItem[])[] {
  const classes = new Map<string, CheckItem[]>();
  for (const item of items) {
    const { environment, needs, asks, python, platform } = item;
    const texts = needs.map(({ requirement }) => String(requirement)).sort(byCodePoint);
    const key = JSON.stringify([environment.key, texts, asks.choices, python?.text, platform?.text]);
    const known = classes.get(key);
    if (known === undefined) classes.set(key, [item]);
    else known.push(item);
  }
  return [...classes.values()];
}
