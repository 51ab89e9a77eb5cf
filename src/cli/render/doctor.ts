import type { DoctorFinding, DoctorReport } from "../../app/index.ts";
import { printable, typedWord } from "../../base/index.ts";
import { count } from "./quantity.ts";
import type { Style } from "./style.ts";

/** What was found, by environment; what was mended; and what to type. */
export function doctorText(report: DoctorReport, style: Style, { fixed }: { readonly fixed: boolean }): string {
  const { checked, findings, mended, changes } = report;
  const looked = count(checked, "environment");
  const lines: string[] = [];
  for (const one of mended) lines.push(`${style.tick} ${style.bold(nameOf(one))}: ${one.sentence}: mended`);
  for (const change of changes) {
    const back = style.dim(`   go back: venvoy undo -n ${typedWord(change.environment.name)}`);
    lines.push(`  version ${change.version} of ${change.environment.name} on Python ${change.python}${back}`);
  }
  if (findings.length === 0) {
    if (mended.length === 0) lines.push(`${style.tick} ${looked}: nothing is wrong`);
    return lines.join("\n");
  }
  let current: string | undefined;
  for (const one of findings) {
    const name = nameOf(one);
    if (name !== current) lines.push(style.bold(name));
    current = name;
    lines.push(`  ${style.cross} ${one.sentence}`, ...remedyLines(one, style));
  }
  lines.push(lastLine(findings, looked, { fixed }));
  return lines.join("\n");
}

function nameOf({ environment }: { readonly environment?: string }): string {
  return environment === undefined ? "your shell" : printable(environment, { newlines: false });
}

/** What `--fix` mends by itself is said once, at the end. */
function remedyLines(one: DoctorFinding, style: Style): readonly string[] {
  if (one.failure !== undefined) {
    const { message, hint } = one.failure;
    return [
      `    ${style.dim(`not mended: ${printable(message)}`)}`,
      ...(hint === undefined ? [] : [`    ${style.dim(printable(hint))}`]),
    ];
  }
  return one.mending === undefined || one.code === "python-gone" ? [`    ${style.dim(one.hint)}`] : [];
}

function lastLine(findings: readonly DoctorFinding[], looked: string, { fixed }: { readonly fixed: boolean }): string {
  const total = `${count(findings.length, "finding")} in ${looked}`;
  const mendable = findings.filter(({ mending }) => mending !== undefined).length;
  if (fixed || mendable === 0) return total;
  const all = mendable === findings.length ? (mendable === 1 ? "it" : "them") : `${mendable} of them`;
  const names = new Set(findings.filter(({ mending }) => mending !== undefined).map(nameOf));
  const only = names.size === 1 ? `${[...names][0]} ` : "";
  return `${total}; venvoy doctor ${only}--fix mends ${all}`;
}
