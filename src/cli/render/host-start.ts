import type { HostLaunchReport, HostSnippetReport } from "../../app/index.ts";
import { programLines, type ShellName } from "../../shell/index.ts";
import type { Style } from "./style.ts";

/** The lines that start the program in the same way, for a shell. */
export function launchText({ start }: HostLaunchReport, shell: ShellName): string {
  return programLines(shell, start).join("\n");
}

/** Where the lines go: for standard error, so that standard output can be sent into a file. */
export function snippetNote({ where, file, title, language }: HostSnippetReport): string {
  const here = file === undefined ? "" : `; here that is ${file}`;
  const name = language === "bat" ? "This is" : `For ${title} these lines go into`;
  return `${name} ${where}${here}`;
}

export function snippetWritten(
  { writing, environment, title }: HostSnippetReport,
  { done, declined }: { readonly done: boolean; readonly declined: boolean },
  style: Style,
): string {
  if (writing === undefined) return "";
  const { action, path, removed } = writing;
  const name = style.bold(environment.name);
  if (action === "none")
    return removed ? `no lines for ${name} are in ${path}` : `${style.tick} ${path} gives ${title} ${name} already`;
  if (declined) return "nothing was changed";
  const what = removed
    ? action === "delete"
      ? `remove ${path}`
      : `take the lines for ${name} out of ${path}`
    : action === "create"
      ? `write ${path}`
      : `put lines for ${name} into ${path}`;
  if (!done) return `would ${what}`;
  const did = what
    .replace(/^remove/, "removed")
    .replace(/^take/, "took")
    .replace(/^write/, "wrote")
    .replace(/^put/, "put");
  const next = removed ? "" : `; ${title} has its packages from its next start on`;
  return `${style.tick} ${did}${next}`;
}
