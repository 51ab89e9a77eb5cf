import type { CheckedLane, CheckReport } from "../../app/index.ts";
import { printable } from "../../base/index.ts";
import { placeName } from "./check.ts";
import { visibleWidth } from "./columns.ts";
import type { Style } from "./style.ts";

/** Wider boxes are harder to read. */
const widest = 100;
const narrowest = 40;

interface Row {
  readonly script: string;
  readonly environment: string;
  readonly packages: readonly VersionText[];
}

interface VersionText {
  readonly text: string;
  readonly isDisputed: boolean;
}

/**
 * One box for each process: scripts, the environment that they are in, and what that has of the packages that they ask
 * for; packages that are in the picture in two versions are red.
 */
export function pictureLines(report: CheckReport, style: Style, columns: number): readonly string[] {
  const width = Math.max(narrowest, Math.min(widest, columns - 1));
  return report.lanes.flatMap((lane) => boxLines(lane, rowsOf(report, lane), { style, width }));
}

function rowsOf(report: CheckReport, lane: CheckedLane): readonly (readonly Row[])[] {
  const disputed = new Set(report.clashes.flatMap((clash) => clash.package ?? []));
  return lane.environments.map((name) => {
    const environment = report.environments.find((one) => one.name === name);
    const held = environment?.holdsAll === true ? environment.packages : lane.packages;
    const scripts = report.scripts.filter((one) => one.environment === name && one.lane === lane.number);
    const asked = new Set(scripts.flatMap(({ asks }) => asks.map(({ text }) => nameIn(text))));
    const shown = held.filter((one) => disputed.has(one.name) || asked.has(one.name));
    const packages = shown
      .sort((a, b) => Number(disputed.has(b.name)) - Number(disputed.has(a.name)))
      .map((one) => ({ text: `${one.name} ${one.version}`, isDisputed: disputed.has(one.name) }));
    return scripts.map((one) => ({ script: plain(one.script), environment: plain(placeName(one)), packages }));
  });
}

function boxLines(
  lane: CheckedLane,
  groups: readonly (readonly Row[])[],
  { style, width }: { readonly style: Style; readonly width: number },
): readonly string[] {
  const inner = width - 4;
  const longest = Math.max(...groups.flat().map(({ script }) => visibleWidth(script)));
  const nameWidth = Math.min(longest, Math.floor(inner / 2));
  const title = ` process ${lane.number} · Python ${lane.python}${lane.platform === undefined ? "" : ` · ${lane.platform}`} `;
  const lines = groups.flatMap((rows) =>
    rows.map((row, index) => {
      const name = padded(cut(row.script, nameWidth), nameWidth);
      const lead = `${name} ${branch(index, rows.length)}`;
      if (index > 0) return padded(`${name} ${style.dim(branch(index, rows.length))}`, inner);
      const room = inner - visibleWidth(lead) - 1;
      return padded(`${name} ${style.dim(branch(index, rows.length))} ${held(row, { style, room })}`, inner);
    }),
  );
  const rule = "─".repeat(Math.max(0, width - 3 - visibleWidth(title)));
  return [
    `${style.dim("┌─")}${style.bold(title)}${style.dim(`${rule}┐`)}`,
    ...lines.map((line) => `${style.dim("│")} ${line} ${style.dim("│")}`),
    style.dim(`└${"─".repeat(width - 2)}┘`),
  ];
}

/** Scripts of one environment meet at the first row. */
function branch(index: number, of: number): string {
  if (of === 1) return "───";
  return index === 0 ? "─┬─" : index === of - 1 ? "─┘ " : "─┤ ";
}

/** The environment and as many packages as there is room for. */
function held(
  { environment, packages }: Row,
  { style, room }: { readonly style: Style; readonly room: number },
): string {
  const name = cut(environment, room);
  let text = style.bold(name);
  let left = room - visibleWidth(name);
  for (const [index, one] of packages.entries()) {
    const lead = index === 0 ? " ── " : ", ";
    const rest = packages.length - index - 1;
    const reserve = rest === 0 ? 0 : ` +${rest}`.length;
    if (visibleWidth(lead + one.text) + reserve > left) {
      const more = ` +${packages.length - index}`;
      return left >= more.length ? `${text}${style.dim(more)}` : text;
    }
    text += `${style.dim(lead)}${one.isDisputed ? style.bad(one.text) : one.text}`;
    left -= visibleWidth(lead + one.text);
  }
  return text;
}

function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - visibleWidth(text)));
}

/** The end of a path says more than its beginning. */
function cut(text: string, width: number): string {
  if (visibleWidth(text) <= width) return text;
  let rest = text;
  while (rest !== "" && visibleWidth(rest) > width - 1) rest = rest.slice(1);
  return `…${rest}`;
}

function nameIn(requirement: string): string {
  const name = /^[\w.-]+/.exec(requirement)?.[0] ?? "";
  return name.replace(/[-_.]+/g, "-").toLowerCase();
}

function plain(text: string): string {
  return printable(text, { newlines: false });
}
