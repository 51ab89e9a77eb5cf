import type { AskedFor, HistoryEntry, OtherVersion, TreeNode, WhyNode, WhyReport } from "../../app/index.ts";
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

/** What needs a package, one line each, up to what was asked for. */
export function whyTreeText(root: WhyNode, style: Style): string {
  const line = ({ name, version, wants, askedFor, repeated }: WhyNode): string => {
    const wanted = wants === undefined ? "" : ` wants ${wants}`;
    const asked = askedFor.map((one) => style.good(` · ${askedText(one, style)}`)).join("");
    return `${style.bold(name)} ${version}${wanted}${asked}${repeated ? style.dim(" (further up)") : ""}`;
  };
  const grow = (nodes: readonly WhyNode[], indent: string): string[] =>
    nodes.flatMap((node, index) => {
      const last = index === nodes.length - 1;
      const before = style.dim(`${indent}${last ? "└── " : "├── "}`);
      return [before + line(node), ...grow(node.neededBy, `${indent}${last ? "    " : "│   "}`)];
    });
  const nobody = root.neededBy.length === 0 && root.askedFor.length === 0 ? style.dim(": nothing here needs it") : "";
  return [line(root) + nobody, ...grow(root.neededBy, "")].join("\n");
}

function askedText({ text, origin }: AskedFor, style: Style): string {
  return `asked for: ${text}${origin === "typed" ? "" : style.dim(`  (${origin})`)}`;
}

/** The shortest way to each package that wants it itself; other ways are told by their number. */
export function whyText(report: WhyReport, style: Style): string {
  const { name, chains, askedFor, other } = report;
  const head = `${style.bold(name)} ${report.version ?? "is not there"}`;
  const shortest = new Map([...chains].reverse().map((chain) => [chain.at(-2)?.name, chain]));
  const shown = chains.filter((chain) => shortest.get(chain.at(-2)?.name) === chain);
  const lines = shown.map(
    (chain) =>
      `  ${chain.map((link) => `${link.name} ${link.version}${link.wants === "" ? "" : style.dim(` wants ${link.wants}`)}`).join(" → ")}`,
  );
  const left = chains.length - shown.length;
  return [
    head,
    ...askedFor.map((one) => `  ${askedText(one, style)}`),
    ...lines,
    ...(left === 0 ? [] : [style.dim(`  and by more ways: venvoy tree --why ${name}`)]),
    ...(other === undefined ? [] : otherLines(other, style)),
  ].join("\n");
}

/** What stands against another version, and nothing else. */
export function whyNotText({ name, version, other }: WhyReport, style: Style): string {
  if (other === undefined) return `${style.tick} ${style.bold(name)} ${version ?? ""} is what is there`;
  return otherLines(other, style).join("\n");
}

const shownChanges = 8;

function otherLines({ wanted, fits, changes, excludedBy, reason }: OtherVersion, style: Style): readonly string[] {
  const against = excludedBy.map((one) => `  ${style.bold(one.name)} ${one.version} wants ${one.wants}`);
  if (!fits) return [`${style.cross} ${reason ?? `${wanted} does not fit`}`];
  // What comes along disturbs nobody.
  const disturbed = changes.filter(({ from }) => from !== undefined);
  if (disturbed.length === 0) return [`${style.tick} ${wanted} would fit`];
  const other = disturbed.flatMap(({ name, from, to }) => (to === undefined ? [] : [`${name} ${to} (${from} now)`]));
  const gone = disturbed.length - other.length;
  const parts = [
    other.slice(0, shownChanges).join(", "),
    ...(other.length > shownChanges ? [`${other.length - shownChanges} other versions`] : []),
    ...(gone === 0 ? [] : [`without ${count(gone, "package")} of those that are there`]),
  ].filter((part) => part !== "");
  const sentence = `${wanted} would fit only ${other.length === 0 ? "" : "with "}${parts.join(" and ")}`;
  return [`${style.cross} ${sentence}${against.length === 0 ? "" : ":"}`, ...against];
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
