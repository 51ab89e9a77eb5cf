import type { TreeReport } from "../../app/index.ts";
import { printable, typedWord } from "../../base/index.ts";
import { type FixOutcome, type Harm, type Kind, kinds, type LeftPath, type StableLink } from "../../relocate/index.ts";
import type { Session } from "../session.ts";
import type { CommonFlags } from "../spec.ts";
import { count } from "./quantity.ts";
import { type Style, terminalStyle } from "./style.ts";

const makers: Readonly<Record<TreeReport["kind"], string>> = {
  standalone: "an environment with its Python, from venvoy",
  venv: "a virtual environment",
  virtualenv: "an environment that virtualenv made",
  "old-virtualenv": "an environment of the old virtualenv (before 20)",
  conda: "a conda prefix",
  python: "an installed Python",
  directory: "a directory",
};

const shownFiles = 3;
const shownSkipped = 3;

/** What paths a tree holds, by what happens because of them; and what to type. */
export function treeText(report: TreeReport, style: Style, { all }: { readonly all: boolean }): string {
  return [
    ...headLines(report, style),
    ...repairLines(report, style),
    ...(all ? allLines(report.paths, style) : groupLines(worthTelling(report), style)),
    ...skippedLines(report, style),
    ...(report.stableLink === undefined ? [] : recipeLines(report.stableLink, style)),
    ...lastLines(report, style),
  ].join("\n");
}

/** Behind a fix only what is still broken. */
function worthTelling({ paths, state }: TreeReport): readonly LeftPath[] {
  return state === "fixed" ? paths.filter(({ harm }) => harm === "now" || harm === "perhaps") : paths;
}

function plain(text: string): string {
  return printable(text, { newlines: false });
}

function headLines(
  { label, kind, pythonVersion, files, former, root, state }: TreeReport,
  style: Style,
): readonly string[] {
  const python = pythonVersion === undefined ? "" : `, Python ${plain(pythonVersion)}`;
  const lines = [`${style.bold(plain(label))}: ${makers[kind]}${python}, ${count(files, "file")}`];
  if (state !== "fixed") {
    for (const { path, file } of former) {
      const by = file === "" ? "" : style.dim(` (${plain(file)})`);
      lines.push(`  it was at ${plain(path)}${by}, and is at ${plain(root)}`);
    }
  }
  return lines;
}

function repairLines({ repair, state, recovered, unfinished }: TreeReport, style: Style): readonly string[] {
  const lines: string[] = [];
  if (unfinished !== undefined)
    lines.push(`${style.cross} a fix was begun and not finished: --fix finishes it or takes it back`);
  if (recovered === "finished") lines.push(`${style.tick} an earlier fix, which was cut off, is finished`);
  if (recovered === "undone")
    lines.push(`${style.tick} what an earlier fix, which was cut off, had prepared is taken away`);
  if (repair === undefined || state === "examined") return lines;
  if (state === "declined") return [...lines, "  nothing was changed"];
  const { from, to, changed, dropped, stuck, unsigned } = repair;
  const verb = state === "fixed" ? "replaced" : "would replace";
  if (changed.length > 0) {
    const files = `${count(changed.length, "file")}${dropped.length === 0 ? "" : `, ${dropped.length} .pyc taken away`}`;
    lines.push(`${state === "fixed" ? style.tick : " "} ${verb} ${plain(from)} by ${plain(to)} in ${files}`);
  }
  if (state === "planned") lines.push(...changed.map((file) => style.dim(`    ${plain(file)}`)));
  for (const { file, why } of stuck) lines.push(`${style.cross} not changed: ${plain(file)} ${plain(why)}`);
  if (unsigned.length > 0) {
    lines.push(
      `${style.cross} ${count(unsigned.length, "file")} lost the signature that a Mac asks for; venvoy doesn't sign. There, type:`,
      ...unsigned.map((file) => `    codesign --force --sign - '${plain(file)}'`),
    );
  }
  return lines;
}

interface Group {
  readonly kind: Kind;
  readonly harm: Harm;
  readonly paths: LeftPath[];
}

/** In this order, each under its heading. */
const headings: Readonly<Record<Harm, string>> = {
  now: "",
  perhaps: "these name the former place, and may matter to whoever reads them:",
  moved: "right here and now; breaks when the tree or its base moves:",
  none: "nothing follows these:",
};
const order = Object.keys(headings) as Harm[];

function groupLines(paths: readonly LeftPath[], style: Style): readonly string[] {
  const groups = new Map<string, Group>();
  for (const one of paths) {
    const key = `${one.harm} ${one.kind}`;
    const group = groups.get(key) ?? { kind: one.kind, harm: one.harm, paths: [] };
    group.paths.push(one);
    groups.set(key, group);
  }
  const names = Object.keys(kinds) as Kind[];
  const sorted = [...groups.values()].sort(
    (a, b) => order.indexOf(a.harm) - order.indexOf(b.harm) || names.indexOf(a.kind) - names.indexOf(b.kind),
  );
  const lines: string[] = [];
  let harm: Harm | undefined;
  for (const group of sorted) {
    if (group.harm !== harm && headings[group.harm] !== "") lines.push(style.dim(headings[group.harm]));
    harm = group.harm;
    lines.push(...oneGroup(group, style));
  }
  return lines;
}

function oneGroup({ kind, harm, paths }: Group, style: Style): readonly string[] {
  const { title } = kinds[kind];
  const files = [...new Set(paths.map(({ file }) => file))];
  const names = files.slice(0, shownFiles).map(plain).join(", ");
  const more = files.length > shownFiles ? ` and ${files.length - shownFiles} more` : "";
  const [first] = paths;
  const others = new Set(paths.map(({ path }) => path)).size - 1;
  const example = first === undefined ? "" : `${plain(first.path)}${first.exists ? "" : " (not there)"}`;
  const tail = others > 0 ? `, and ${count(others, "other path")}` : "";
  const head = `${count(files.length, "file")}: ${title}`;
  if (harm === "none") return [style.dim(`  ${head}`)];
  const sign = harm === "now" ? style.cross : "·";
  return [
    `${sign} ${head}${harm === "now" && first?.breaks !== undefined ? `; ${first.breaks}` : ""}`,
    style.dim(`    ${names}${more}`),
    style.dim(`    ${example}${tail}`),
  ];
}

function allLines(paths: readonly LeftPath[], style: Style): readonly string[] {
  return paths.map(({ file, where, path, times, exists, harm }) => {
    const sign = harm === "now" ? style.cross : harm === "none" ? " " : "·";
    const often = times > 1 ? `, ${times} times` : "";
    return `${sign} ${plain(file)}  ${style.dim(`${where}${often}`)}  ${plain(path)}${exists ? "" : style.dim(" (not there)")}`;
  });
}

function skippedLines({ skipped }: TreeReport, style: Style): readonly string[] {
  const shown = skipped
    .slice(0, shownSkipped)
    .map(({ path, why }) => style.dim(`  not searched: ${plain(path)} ${why}`));
  const more = skipped.length - shown.length;
  return more > 0 ? [...shown, style.dim(`  and ${more} more`)] : shown;
}

function recipeLines({ why, base, link, fix, limits }: StableLink, style: Style): readonly string[] {
  const reason = why === "missing" ? "is not there on this machine" : "is one of several names of its base";
  return [
    `its base ${plain(base)} ${reason}. Give it one path on every machine, with a link (HERE is where it lies there):`,
    ...link.map((line) => `    ${plain(line)}`),
    ...(fix === undefined ? [] : [`  and once for the tree: ${plain(fix)}`]),
    ...limits.map((limit) => style.dim(`  ${limit}`)),
  ];
}

function lastLines({ label, paths, repair, state, former }: TreeReport, style: Style): readonly string[] {
  const broken = paths.filter(({ harm }) => harm === "now").length;
  if (state === "examined" && former.length > 1)
    return [
      `say which place is to be replaced: venvoy doctor ${typedWord(label)} --fix --from ${typedWord(former[0]?.path ?? "")}`,
    ];
  if (state === "examined" && repair !== undefined && repair.changed.length > 0) {
    const stuck = repair.stuck.length === 0 ? "" : `, and can't change ${repair.stuck.length} more`;
    return [
      `venvoy doctor ${typedWord(label)} --fix   makes ${count(repair.changed.length, "file")} name ${plain(repair.to)}${stuck}`,
    ];
  }
  if (state === "examined" && repair !== undefined && repair.stuck.length > 0)
    return [`${style.cross} can't be repaired for this place: ${plain(repair.stuck[0]?.why ?? "")}`];
  return broken === 0 && state !== "planned" ? [`${style.tick} nothing is broken by a path`] : [];
}

/** Asks on a terminal before files of others are changed. */
export function confirmFix(session: Session, common: CommonFlags): (plan: FixOutcome) => Promise<boolean> {
  return async ({ changed, from, to, stuck }) => {
    const { terminal } = session;
    if (common.yes || common.json || !terminal.interactive) return true;
    const style = terminalStyle(terminal);
    for (const { file, why } of stuck) session.say(`${style.cross} not changed: ${plain(file)} ${plain(why)}`);
    const answer = await terminal.ask(
      `Replace ${plain(from)} by ${plain(to)} in ${count(changed.length, "file")}? [Y/n] `,
    );
    return /^(?:y(?:es)?)?$/i.test(answer.trim());
  };
}
