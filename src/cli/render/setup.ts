import type { ForeignHome, SetupReport, SetupStep } from "../../app/index.ts";
import { printable } from "../../base/index.ts";
import { columns } from "./columns.ts";
import { count } from "./quantity.ts";
import type { Style } from "./style.ts";

/** What would be done, a line for each file. */
export function setupPlan(report: SetupReport, style: Style, { declined = false } = {}): string {
  if (declined) return "nothing was changed";
  const lines = report.steps.flatMap((step) => stepLines(step, report, style));
  if (lines.length === 0) return setupDone(report, style);
  return lines.join("\n");
}

/** The answer: what is there now, and what to type next. */
export function setupDone(report: SetupReport, style: Style): string {
  const byHand = report.steps.filter(({ action }) => action === "by-hand");
  const left = byHand.flatMap((step) => stepLines(step, report, style));
  const who = report.shell ?? "every shell";
  if (report.removed) {
    const nowhere = report.shell === undefined ? "is in no shell" : `is not in ${who}`;
    const said = report.changed ? `venvoy is out of ${who}` : `venvoy ${nowhere}: nothing to do`;
    return [...left, `${style.tick} ${said}`].join("\n");
  }
  if (left.length > 0) return [...left, ...(report.changed ? [`${style.tick} the rest is done`] : [])].join("\n");
  if (!report.changed) return `${style.tick} ${who} is set up: nothing to do`;
  return `${style.tick} ${who} is set up. Open a new terminal, then: mkvenv demo${style.dim("   take it back: venvoy setup --remove")}`;
}

function stepLines(step: SetupStep, report: SetupReport, style: Style): readonly string[] {
  const path = short(step.path, report.home);
  const line = step.line === undefined ? "" : style.bold(printable(step.line));
  switch (step.action) {
    case "none":
      return [];
    case "by-hand":
      return step.what === "program"
        ? [`  ${style.warn("leaves")} ${path} alone: ${step.reason ?? ""}`]
        : [
            `  ${style.warn("leaves")} ${path} alone: ${step.reason ?? ""}. Add this where it comes from:`,
            `      ${line}`,
          ];
    case "remove":
      return [`  ${step.what === "hook" ? "removes the hooks in" : "removes venvoy's line from"} ${path}`];
    case "delete":
      return [`  deletes ${path}`];
    default:
      return [`  ${doing(step, path, report)}`, ...(line === "" ? [] : [`      ${line}`])];
  }
}

function doing(step: SetupStep, path: string, { home, onPath, programDir }: SetupReport): string {
  switch (step.what) {
    case "program": {
      const note = onPath ? "" : `   (${short(programDir, home)} is not on PATH; the hook puts it there)`;
      return `links ${path} to ${short(step.leadsTo ?? "", home)}${note}`;
    }
    case "hook":
      return `writes the hook ${path}`;
    case "line":
      return step.action === "create"
        ? `makes ${path}`
        : step.action === "add"
          ? `adds to ${path}`
          : `changes in ${path}`;
  }
}

/** Environments of other tools, and how to take them over. */
export function foreignText({ foreign, home }: Pick<SetupReport, "foreign" | "home">): string {
  return foreign.map((one) => homeText(one, home)).join("\n");
}

function homeText({ tool, path, environments }: ForeignHome, home: string): string {
  const rows = environments.map(({ name, python, packages, taken, path: place }) => [
    `  ${printable(name, { newlines: false })}`,
    python === undefined ? "" : `Python ${python}`,
    count(packages, "package"),
    taken ? "is here already" : `venvoy import ${word(place, home)}`,
  ]);
  return `${tool} keeps ${count(environments.length, "environment")} in ${short(path, home)}\n${columns(rows)}`;
}

/** A path as it can be typed: the tilde means nothing between quotes. */
function word(path: string, home: string): string {
  const plain = short(path, home);
  return /^[\w~./+@%:,-]+$/.test(plain) ? plain : `'${printable(path, { newlines: false }).replaceAll("'", "'\\''")}'`;
}

function short(path: string, home: string): string {
  const shown = path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
  return printable(shown, { newlines: false });
}
