import type { ChangeReport, Difference, DiffReport, DiffSide, RebuildOutcome } from "../../app/index.ts";
import { typedWord } from "../../base/index.ts";
import { changeText } from "./change.ts";
import { failureText } from "./failure.ts";
import { count, duration } from "./quantity.ts";
import type { Style } from "./style.ts";

/** A copy holds what the original holds: the list of packages would say nothing. */
export function cloneText(report: ChangeReport, original: string, style: Style): string {
  if (report.declined === true) return "nothing was made";
  const { name } = report.environment;
  const facts = `${style.bold(name)} is a copy of ${original}: ${count(report.packageCount, "package")}, Python ${report.python}`;
  if (report.dryRun) return `would be: ${facts}; nothing was made`;
  const back = style.dim(`   remove it: venvoy delete ${typedWord(name)}`);
  return `${style.tick} ${facts}, in ${duration(report.elapsedMs)}${back}`;
}

export function rebuildText(outcomes: readonly RebuildOutcome[], style: Style): string {
  if (outcomes.length === 0) return "no environments yet; make one with venvoy create NAME";
  return outcomes
    .map((one) =>
      "error" in one
        ? `${style.cross} ${style.bold(one.name)}: ${failureText(one.error, style)}`
        : changeText(one.report, style),
    )
    .join("\n");
}

export function diffText(report: DiffReport, style: Style): string {
  const { from, to } = report;
  const [first, second] = [sideName(from, to), sideName(to, from)];
  if (report.same) return `${style.tick} ${style.bold(first)} and ${style.bold(second)} are the same`;
  const lines = [`${style.bad(`- ${first}`)}   ${style.good(`+ ${second}`)}`];
  if (report.python) lines.push(`  Python ${from.python} → ${to.python}`);
  if (report.systemSitePackages) lines.push("  one of them also sees its Python's own packages");
  lines.push(...part("packages", report.packages, " ", style));
  lines.push(...part("variables", report.variables, "=", style));
  const asked = report.askedFor.map(({ from: before, to: after }) => ({
    name: before ?? after ?? "",
    ...(before === undefined ? {} : { from: "" }),
    ...(after === undefined ? {} : { to: "" }),
  }));
  lines.push(...part("asked for", asked, "", style));
  return lines.join("\n");
}

/** Two versions of one environment are told by their numbers, two environments by their names. */
function sideName(side: DiffSide, other: DiffSide): string {
  return side.name === other.name ? `${side.name}@${side.version}` : side.name;
}

function part(title: string, differences: readonly Difference[], join: string, style: Style): string[] {
  if (differences.length === 0) return [];
  const lines = differences.map(({ name, from, to }) => {
    if (from === undefined) return `  ${style.good("+")} ${name}${join}${to ?? ""}`;
    if (to === undefined) return `  ${style.bad("-")} ${name}${join}${from}`;
    return `  ${style.warn("~")} ${name}${join}${from} → ${to}`;
  });
  return ["", title, ...lines];
}
