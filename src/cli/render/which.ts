import type { FoundModule, WhichReport } from "../../app/index.ts";
import { columns } from "./columns.ts";
import type { Style } from "./style.ts";

const shownChains = 3;

export function whichText(report: WhichReport, { path }: { readonly path: boolean }, style: Style): string {
  const { found } = report;
  const lines = found === undefined ? [] : foundLines(found, style);
  if (path) {
    if (found !== undefined) lines.push("");
    lines.push(
      `search path of ${style.bold(report.environment.name)}${report.python === undefined ? "" : `, Python ${report.python}`}`,
      columns(
        report.searchPath.map((entry, index) => [
          ` ${String(index + 1).padStart(2)}`,
          entry.exists ? entry.path : style.dim(entry.path),
          `${entry.owner}${style.dim(`  ${entry.why}${entry.exists ? "" : "; not there"}`)}`,
        ]),
      ),
    );
    for (const { finder, owner, why } of report.finders)
      lines.push(`    ${finder}  ${owner}${style.dim(`  finds modules by itself; ${why}`)}`);
  }
  return lines.join("\n");
}

function foundLines(found: FoundModule, style: Style): string[] {
  const { distribution, realName, module } = found;
  const lines = placeLines(found, style);
  if (realName !== undefined) lines.push(`  ${module} is another name of ${style.bold(realName)}`);
  if (distribution !== undefined) {
    const editable = distribution.editable ? style.dim("  (editable: the files of its project)") : "";
    lines.push(`  from ${style.bold(distribution.name)} ${distribution.version}${editable}`);
  }
  lines.push(`  in ${found.owner}`);
  for (const { text, origin } of found.askedFor)
    lines.push(`  asked for: ${text}${origin === "typed" ? "" : style.dim(`  (${origin})`)}`);
  for (const chain of found.neededBy.slice(0, shownChains)) {
    const last = chain.at(-2);
    if (last !== undefined)
      lines.push(
        `  needed by ${chain
          .slice(0, -1)
          .map(({ name }) => name)
          .join(" → ")}${style.dim(`  which wants ${last.wants.split(";")[0]}`)}`,
      );
  }
  if (found.neededBy.length > shownChains)
    lines.push(
      style.dim(`  and in ${found.neededBy.length - shownChains} more ways (venvoy why ${distribution?.name})`),
    );
  return [...lines, ...hiddenLines(found, style)];
}

function placeLines({ module, kind, file, folders }: FoundModule, style: Style): string[] {
  if (kind === "built-in") return [`${module} is built into the interpreter: it has no file`];
  if (kind === "namespace")
    return [
      `${module} is a namespace: ${folders.length === 1 ? "one directory" : `${folders.length} directories`} without an __init__.py`,
      ...folders.map((folder) => `  ${folder}`),
    ];
  const note = { frozen: "a copy is built into the interpreter", extension: "compiled" }[kind as string];
  return [`${file ?? module}${note === undefined ? "" : style.dim(`  (${note})`)}`];
}

function hiddenLines({ hides, module, distribution }: FoundModule, style: Style): string[] {
  return hides.map(({ path, owner, distribution: other, isPythons }) => {
    const whose = other === undefined ? owner : `${other.name} ${other.version}, ${owner}`;
    if (!isPythons) return style.warn(`  hides ${path}  (${whose})`);
    const advice = distribution === undefined ? ": give the file another name" : "";
    return style.warn(`  hides Python's own ${module}, ${path}${advice}`);
  });
}
