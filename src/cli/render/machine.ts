import type { InstalledPython, InterpreterSummary, RemovedPython, VerifyReport } from "../../app/index.ts";
import { columns } from "./columns.ts";
import { count } from "./quantity.ts";
import type { Style } from "./style.ts";

export function pythonTable(found: readonly InterpreterSummary[], style: Style): string {
  if (found.length === 0) return "no Python was found on this machine";
  return columns(
    found.map((one) => [
      one.isDefault ? style.good("●") : " ",
      one.problem === undefined ? style.bold(`${one.implementation} ${one.version}`) : style.bad("broken"),
      one.path,
      style.dim(one.problem ?? (one.supported ? one.source : `${one.source}; not for environments (3.8 to 3.14)`)),
    ]),
  );
}

export function installedPythonText(
  report: InstalledPython,
  { dryRun }: { readonly dryRun: boolean },
  style: Style,
): string {
  const { name, path, archive, changed, checkedBy, notes } = report;
  if (!changed) return `${style.tick} ${name} is here already: ${path}`;
  if (dryRun) return `would unpack ${archive} to ${path}`;
  const checked = checkedBy === undefined ? "nothing said which digest it must have" : `checked against ${checkedBy}`;
  return [
    `${style.tick} ${style.bold(name)} is in ${path}`,
    style.dim(`  ${archive}, ${checked}`),
    ...notes.map((one) => `  ${one}`),
  ].join("\n");
}

export function removedPythonText(
  { version, path, environments }: RemovedPython,
  { dryRun }: { readonly dryRun: boolean },
  style: Style,
): string {
  const head = dryRun
    ? `would remove Python ${version} from ${path}`
    : `${style.tick} removed Python ${version} from ${path}`;
  if (environments.length === 0) return head;
  return `${head}\n  ${environments.join(", ")} ${environments.length === 1 ? "stands" : "stand"} on it; venvoy doctor --fix mends that`;
}

export function verifyText(report: VerifyReport, style: Style): string {
  const { damaged, extra } = report;
  const files = report.files === 0 ? "" : ` and ${count(report.files, "file of releases", "files of releases")}`;
  const checked = `${count(report.checked, "stored package")}${files}`;
  if (damaged.length + extra.length === 0) return `${style.tick} ${checked}: every file is as it was unpacked`;
  const left = damaged.filter((one) => !one.restored);
  const mark = left.length === 0 ? style.tick : style.cross;
  const rows = damaged.map((one) => [
    `  ${one.restored ? style.good("set right") : style.bad(one.problem)}`,
    one.artifact,
    one.file,
    style.dim(whereNow(one)),
  ]);
  const others = extra.map(({ artifact, file }) => [`  ${style.dim("put in")}`, artifact, file, ""]);
  const head = `${mark} ${count(damaged.length + extra.length, "file")} of ${checked} ${damaged.length + extra.length === 1 ? "differs" : "differ"}`;
  const reason = [...new Set(left.map((one) => one.why))].find((why) => why !== undefined);
  const tail = left.length === 0 ? "" : `\nsome can't be set right now${reason === undefined ? "" : `: ${reason}`}`;
  return `${head}\n${columns([...rows, ...others])}${tail}`;
}

function whereNow({ keptIn, keptAs, relinked }: VerifyReport["damaged"][number]): string {
  return [
    ...(keptIn === undefined ? [] : [`the edit stays in ${keptIn}`]),
    ...(keptAs === undefined ? [] : [`the edit is kept in ${keptAs}`]),
    ...(relinked === undefined
      ? []
      : [`${relinked.join(", ")} ${relinked.length === 1 ? "has" : "have"} the original`]),
  ].join("; ");
}
