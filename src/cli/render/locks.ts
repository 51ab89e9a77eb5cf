import type { FetchReport, LockChange, LockReport } from "../../app/index.ts";
import { bytes, count } from "./quantity.ts";
import type { Style } from "./style.ts";

const shownChanges = 20;

/** The lock itself when no file was named; else what became of the file. */
export function lockText(report: LockReport, style: Style): string {
  const { text, file, written, checked, isCurrent, dryRun, targets, backends, packageCount, split } = report;
  if (file === undefined) return text.replace(/\n$/, "");
  const name = style.bold(file);
  if (checked && isCurrent) return `${style.tick} ${name} answers what is asked`;
  const lines = changeLines(report.changes, style);
  if (checked) return [`${style.cross} ${name} no longer answers what is asked`, ...lines].join("\n");
  const what = `${count(packageCount, "package")} for ${targets.join(", ")}${backends.length === 0 ? "" : ` (${backends.join(", ")})`}`;
  if (dryRun) return [`would lock ${what} in ${name}; nothing was changed`, ...lines].join("\n");
  if (!written) return `${style.tick} ${name} says that already`;
  return [
    `${style.tick} locked ${what} in ${name}`,
    ...lines,
    ...split.map((one) => style.dim(`  not one version for all: ${one.name} ${one.versions.join(", ")}`)),
  ].join("\n");
}

function changeLines(changes: readonly LockChange[], style: Style): readonly string[] {
  const lines = changes.slice(0, shownChanges).map(({ name, from, to }) => {
    if (from.length === 0) return `  ${style.good("+")} ${name} ${to.join(", ")}`;
    if (to.length === 0) return `  ${style.bad("-")} ${name} ${from.join(", ")}`;
    return `  ${style.warn("~")} ${name} ${from.join(", ")} -> ${to.join(", ")}`;
  });
  const more = changes.length - shownChanges;
  return more > 0 ? [...lines, style.dim(`  and ${more} more`)] : lines;
}

/** What lies in the wheelhouse now, and how to install from it. */
export function fetchText({ directory, targets, files, fetchedBytes, dryRun }: FetchReport, style: Style): string {
  const there = files.filter(({ state }) => state === "there").length;
  const place = style.bold(directory);
  const kept = there === 0 ? "" : `; ${there} ${there === 1 ? "was" : "were"} there`;
  const fresh = files.length - there;
  if (dryRun)
    return `would fetch ${count(fresh, "file")} for ${targets.join(", ")} into ${place}${kept}; nothing was changed`;
  const built = files.filter(({ state }) => state === "built").length;
  const what = built === 0 ? "" : ` and built ${count(built, "wheel")}`;
  const line =
    fresh === 0
      ? `${style.tick} ${place} has all ${count(files.length, "file")} for ${targets.join(", ")}`
      : `${style.tick} fetched ${count(fresh - built, "file")} (${bytes(fetchedBytes)})${what} for ${targets.join(", ")} into ${place}${kept}`;
  return `${line}\n${style.dim(`  install: venvoy sync FILE --offline --no-index --find-links ${directory}`)}`;
}
