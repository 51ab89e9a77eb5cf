import type { CleanReport, InterpreterSummary, VerifyReport } from "../../app/index.ts";
import { columns } from "./columns.ts";
import { bytes, count } from "./quantity.ts";
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

export function cleanText(report: CleanReport, style: Style): string {
  const parts = [
    count(report.artifacts, "stored package"),
    count(report.versions, "old version"),
    ...(report.environments.length > 0 ? [count(report.environments.length, "script environment")] : []),
  ];
  const verb = report.dryRun ? "would free" : "freed";
  return `${style.tick} ${verb} ${bytes(report.freedBytes)}: ${parts.join(", ")}`;
}

export function verifyText(report: VerifyReport, style: Style): string {
  if (report.damaged.length === 0)
    return `${style.tick} ${count(report.checked, "stored package")}: every file is as it was unpacked`;
  const rows = report.damaged.map(({ artifact, file, problem }) => [`  ${style.bad(problem)}`, artifact, file]);
  return `${style.cross} ${count(report.damaged.length, "file")} of ${count(report.checked, "stored package")} differ\n${columns(rows)}`;
}
