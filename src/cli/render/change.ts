import type { ChangeReport, PackageChange } from "../../app/index.ts";
import { bytes, count, duration } from "./quantity.ts";
import type { Style } from "./style.ts";

const shownChanges = 12;

/** Two lines before the work starts: what it stands on, and what it costs. */
export function planText(plan: ChangeReport, style: Style): string {
  const { cost } = plan;
  const parts = [
    `Python ${plan.python}`,
    count(plan.packageCount, "package"),
    `${bytes(cost.downloadBytes)} to download`,
    ...(cost.reused > 0 ? [`${cost.reused} already here`] : []),
  ];
  return `  ${style.dim(parts.join(" · "))}`;
}

/** The answer of a changing command. */
export function changeText(
  report: ChangeReport,
  style: Style,
  { undoHint = true }: { readonly undoHint?: boolean } = {},
): string {
  const name = style.bold(report.environment.name);
  if (!report.changed && !report.dryRun) return `${style.tick} ${name} is as asked: nothing to do`;
  const lines = changeLines(report.changes, style);
  if (report.dryRun) {
    const { downloadBytes } = report.cost;
    return [
      ...lines,
      `would make version ${report.version} of ${name} (${bytes(downloadBytes)} to download); nothing was changed`,
    ].join("\n");
  }
  const back =
    undoHint && report.previousVersion !== undefined
      ? style.dim(`   go back: venvoy undo -n ${report.environment.name}`)
      : "";
  lines.push(`${style.tick} version ${report.version} of ${name} in ${duration(report.elapsedMs)}${back}`);
  return lines.join("\n");
}

export function changeLines(changes: readonly PackageChange[], style: Style): string[] {
  const ordered = [...changes].sort((a, b) => Number(b.requested) - Number(a.requested));
  const lines = ordered.slice(0, shownChanges).map((change) => changeLine(change, style));
  if (ordered.length > shownChanges) lines.push(style.dim(`  … and ${count(ordered.length - shownChanges, "other")}`));
  return lines;
}

function changeLine({ name, from, to, requested }: PackageChange, style: Style): string {
  const shown = requested ? name : style.dim(name);
  if (from === undefined) return `  ${style.good("+")} ${shown} ${to}`;
  if (to === undefined) return `  ${style.bad("-")} ${shown} ${from}`;
  return `  ${style.warn("~")} ${shown} ${from} → ${to}`;
}
