import type { AskedBy, ChangeReport, Cost, PackageChange } from "../../app/index.ts";
import { typedWord } from "../../base/index.ts";
import { bytes, count, duration } from "./quantity.ts";
import type { Style } from "./style.ts";

const shownChanges = 12;

/** Lines before the work starts: who asks, what it stands on, what it costs, and what goes away. */
export function planText(plan: ChangeReport, style: Style): string {
  const { cost } = plan;
  const parts = [
    `Python ${plan.python}`,
    count(plan.packageCount, "package"),
    downloadWords(cost),
    `${megabytes(cost.reusedBytes)} already here`,
  ];
  const lost = plan.changes.filter((change) => change.to === undefined || change.downgrade === true);
  return [
    ...(plan.askedBy === undefined ? [] : [`  ${askedByText(plan.askedBy, plan.environment.name)}`]),
    `  ${style.dim(parts.join(" · "))}`,
    ...changeLines(lost, style),
  ].join("\n");
}

function askedByText({ script, packages, lines, own }: AskedBy, environment: string): string {
  const where = own ? "in an environment of its own" : `in the environment \`${environment}\``;
  const at = lines.length === 0 ? "" : ` (${lines.length === 1 ? "line" : "lines"} ${lines.join(", ")})`;
  const shown = packages.slice(0, shownChanges).join(", ");
  const more = packages.length > shownChanges ? ` and ${packages.length - shownChanges} more` : "";
  return `${script} asks for ${shown === "" ? "no packages" : shown}${more} ${where}${at}`;
}

function downloadWords({ downloads, downloadBytes, unknownSizes }: Cost): string {
  if (unknownSizes === 0) return `${megabytes(downloadBytes)} to download`;
  if (unknownSizes === downloads) return `${count(downloads, "file")} to download`;
  return `${count(downloads, "file")} to download, more than ${megabytes(downloadBytes)}`;
}

function megabytes(count: number): string {
  return count === 0 ? "0 MB" : bytes(count);
}

/** The line after a run has made or changed what it needs. */
export function readyText(change: ChangeReport, style: Style): string {
  const { environment, askedBy, elapsedMs, previousVersion } = change;
  const name = askedBy?.own === true ? `the environment of ${environment.name}` : environment.name;
  const back =
    askedBy?.own === true
      ? ""
      : `   go back: venvoy ${previousVersion === undefined ? `delete ${environment.name}` : `undo -n ${environment.name}`}`;
  return `  ${style.tick} ${style.bold(name)} is ready in ${duration(elapsedMs)}${style.dim(back)}`;
}

/** The answer of a changing command. */
export function changeText(
  report: ChangeReport,
  style: Style,
  { undoHint = true }: { readonly undoHint?: boolean } = {},
): string {
  const name = style.bold(report.environment.name);
  if (report.declined === true) return "nothing was changed";
  if (!report.changed) return `${style.tick} ${name} is as asked: nothing to do`;
  const lines = changeLines(report.changes, style);
  if (report.dryRun) {
    return [
      ...lines,
      `would make version ${report.version} of ${name} (${downloadWords(report.cost)}); nothing was changed`,
    ].join("\n");
  }
  const back =
    undoHint && report.previousVersion !== undefined
      ? style.dim(`   go back: venvoy undo -n ${typedWord(report.environment.name)}`)
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
  if (from === to) return `  ${style.warn("~")} ${shown} ${to} ${style.dim("(another build)")}`;
  return `  ${style.warn("~")} ${shown} ${from} → ${to}`;
}
