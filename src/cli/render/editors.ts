import type { EditorReport, KernelReport, KernelSummary } from "../../app/index.ts";
import { changeText } from "./change.ts";
import { columns } from "./columns.ts";
import type { Style } from "./style.ts";

export function kernelText(report: KernelReport, style: Style): string {
  const verb = !report.changed ? "is" : report.dryRun ? "would become" : "is now";
  return [
    ...(report.added === undefined ? [] : [changeText(report.added, style)]),
    `${style.tick} ${style.bold(report.environment ?? "")} ${verb} the kernel \`${report.kernel}\` of Jupyter, shown as ${style.bold(report.displayName)}`,
    style.dim(`  ${report.file}   take it away: venvoy kernel ${report.environment} --remove`),
  ].join("\n");
}

export function kernelTable(found: readonly KernelSummary[], style: Style): string {
  if (found.length === 0) return "no kernel of Jupyter is from venvoy (venvoy kernel NAME makes one)";
  return columns(
    found.map((one) => [
      style.bold(one.kernel),
      one.displayName,
      one.environment ?? style.bad("its environment is gone"),
      style.dim(one.file),
    ]),
  );
}

export function editorText(
  report: EditorReport,
  { file, write }: { readonly file: string; readonly write: boolean },
  style: Style,
): string {
  if (!write) return JSON.stringify(report.settings, undefined, 2);
  if (!report.written) return `${style.tick} ${file} says so already`;
  const instead = Object.entries(report.replaces).map(([key, value]) =>
    style.dim(`  ${key} was ${JSON.stringify(value)}`),
  );
  return [`${style.tick} ${file} leads to ${style.bold(report.environment)}`, ...instead].join("\n");
}
