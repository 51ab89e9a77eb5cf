import type { HistoryEntry, TreeNode, WhyReport } from "../../app/index.ts";
import { changeLines } from "./change.ts";
import { ago, count } from "./quantity.ts";
import type { Style } from "./style.ts";

export function treeText(roots: readonly TreeNode[], style: Style): string {
  if (roots.length === 0) return "no packages";
  return roots.flatMap((root) => [nodeText(root, style), ...branches(root.dependencies, "", style)]).join("\n");
}

function branches(nodes: readonly TreeNode[], indent: string, style: Style): string[] {
  return nodes.flatMap((node, index) => {
    const last = index === nodes.length - 1;
    const line = `${style.dim(`${indent}${last ? "└── " : "├── "}`)}${nodeText(node, style)}`;
    return [line, ...branches(node.dependencies, `${indent}${last ? "    " : "│   "}`, style)];
  });
}

function nodeText(node: TreeNode, style: Style): string {
  const version = node.version === undefined ? style.bad("missing") : node.version;
  const wants = node.requirement === undefined ? "" : style.dim(` (${node.requirement})`);
  return `${style.bold(node.name)} ${version}${wants}${node.repeated ? style.dim(" …") : ""}`;
}

export function whyText(report: WhyReport, style: Style): string {
  const head = `${style.bold(report.name)} ${report.version ?? "is not there"}`;
  const asked = report.askedFor.map(
    ({ text, origin }) => `  asked for: ${text}${origin === "typed" ? "" : style.dim(`  (${origin})`)}`,
  );
  const chains = report.chains.map(
    (chain) =>
      `  ${chain.map((link) => `${link.name} ${link.version}${link.wants === "" ? "" : style.dim(` wants ${link.wants}`)}`).join(" → ")}`,
  );
  const { other } = report;
  const verdict =
    other === undefined
      ? []
      : [
          other.fits
            ? `${style.tick} ${other.wanted} would fit`
            : `${style.cross} ${other.reason ?? `${other.wanted} does not fit`}`,
        ];
  return [head, ...asked, ...chains, ...verdict].join("\n");
}

export function historyText(entries: readonly HistoryEntry[], nowMs: number, style: Style): string {
  return entries
    .map((entry) =>
      [
        `${entry.current ? style.good("●") : " "} version ${style.bold(String(entry.version))} · ${ago(entry.madeMs, nowMs)} · Python ${entry.python} · ${count(entry.packageCount, "package")}`,
        style.dim(`    ${entry.command}`),
        ...changeLines(entry.changes, style).map((line) => `  ${line}`),
      ].join("\n"),
    )
    .join("\n");
}
