import type { DeletedSummary, EnvironmentDetails, EnvironmentSummary } from "../../app/index.ts";
import { columns } from "./columns.ts";
import { ago, bytes, count } from "./quantity.ts";
import type { Style } from "./style.ts";

export function environmentTable(environments: readonly EnvironmentSummary[], nowMs: number, style: Style): string {
  if (environments.length === 0) return "no environments yet; make one with venvoy create NAME";
  const table = columns(
    environments.map((one) => [
      style.bold(one.name),
      one.problem === undefined ? `Python ${one.python ?? "?"}` : style.bad(one.problem),
      count(one.packages, "package"),
      style.dim(`used ${ago(one.usedMs, nowMs)}`),
      style.dim(
        [
          ...(one.publication === undefined ? [] : [publicationWords(one.publication)]),
          ...(one.protected ? ["protected"] : []),
          ...(one.temporary === true ? ["goes when unused for a day"] : []),
          ...hereWords(one),
          ...(one.purpose === undefined ? [] : [one.purpose]),
        ].join(" · "),
      ),
    ]),
  );
  const isWrong = environments.some(({ problem }) => problem !== undefined);
  return isWrong ? `${table}\n\n${style.dim("venvoy doctor says what can be done")}` : table;
}

function publicationWords({ from, release, pinned, newest }: NonNullable<EnvironmentSummary["publication"]>): string {
  const news = newest === undefined ? "" : `; ${newest} is current there`;
  return `from ${from}, release ${release}${pinned ? " for good" : ""}${news}`;
}

const shownReasons = 3;

function hereWords({ here = [] }: EnvironmentSummary): readonly string[] {
  const more = here.length > shownReasons ? ` and ${here.length - shownReasons} more` : "";
  return here.length === 0 ? [] : [`${here.slice(0, shownReasons).join(", ")}${more}`];
}

export function deletedTable(deleted: readonly DeletedSummary[], nowMs: number, style: Style): string {
  if (deleted.length === 0) return "no environment was deleted in the last 30 days";
  return columns(
    deleted.map(({ name, deletedMs }) => [style.bold(name), style.dim(`deleted ${ago(deletedMs, nowMs)}`)]),
  );
}

export function environmentDetails(env: EnvironmentDetails, nowMs: number, style: Style): string {
  const head = [
    style.bold(env.name),
    `Python ${env.python ?? "?"}`,
    count(env.packages, "package"),
    `${bytes(env.ownBytes)} of its own`,
    ...(env.version === undefined ? [] : [`version ${env.version}`]),
    `used ${ago(env.usedMs, nowMs)}`,
    ...(env.protected ? ["protected"] : []),
    ...(env.temporary === true ? ["goes when unused for a day"] : []),
  ].join(" · ");
  const lines = [head, ...(env.problem === undefined ? [] : [style.bad(env.problem)])];
  if (env.purpose !== undefined) lines.push(env.purpose);
  if (env.publication !== undefined) lines.push(publicationWords(env.publication));
  if (env.systemSitePackages) lines.push("also sees its Python's own packages");
  if (env.backend !== undefined) lines.push(`builds for ${backendWords(env.backend)}`);
  if (env.forHost !== undefined)
    lines.push(`for a machine with ${env.forHost.replaceAll("=", " ").replaceAll(",", ", ")}`);
  lines.push(...byHandLines(env, style));
  if (env.tracked.length > 0) lines.push(`changes are also written to ${env.tracked.join(", ")}`);
  if (env.askedFor.length > 0) {
    lines.push(
      "",
      "asked for",
      columns(env.askedFor.map(({ text, origin }) => [`  ${text}`, style.dim(origin === "typed" ? "" : origin)])),
    );
  }
  if (env.installed.length > 0) {
    const rows = env.installed.map((one) => [`  ${one.requested ? one.name : style.dim(one.name)}`, one.version]);
    lines.push("", "packages", columns(rows));
  }
  lines.push("", style.dim(env.path));
  return lines.join("\n");
}

function backendWords({ asked, taken }: NonNullable<EnvironmentDetails["backend"]>): string {
  if (asked === "auto") return taken === undefined ? "this machine's hardware" : `this machine's hardware (${taken})`;
  return taken === undefined || taken === asked ? asked : `${asked} (${taken} here)`;
}

function byHandLines({ byHand, installed }: EnvironmentDetails, style: Style): string[] {
  const lines: string[] = [];
  const kept = style.dim("(kept when you change anything)");
  const came = installed.filter(({ name }) => byHand.added.includes(name));
  for (const installer of new Set(came.map((one) => one.installer))) {
    const its = came.filter((one) => one.installer === installer);
    const asked = its.filter((one) => one.requested);
    const shown = asked.length === 0 ? its : asked;
    const needed = its.length - shown.length;
    const more = needed === 0 ? "" : ` and ${needed} that ${shown.length === 1 ? "it needs" : "they need"}`;
    lines.push(`installed by ${installer || "hand"}: ${shown.map(({ name }) => name).join(", ")}${more}   ${kept}`);
  }
  if (byHand.changed.length > 0) lines.push(`changed by hand: ${byHand.changed.join(", ")}   ${kept}`);
  for (const late of byHand.late ?? []) {
    const came = style.dim("(comes along when you change anything)");
    lines.push(`installed into version ${late.version} meanwhile: ${late.packages.join(", ")}   ${came}`);
  }
  if (byHand.edited.length > 0) lines.push(`edited by hand: ${someOf(byHand.edited)}   ${kept}`);
  if (byHand.extra.length > 0) lines.push(`put in by hand: ${someOf(byHand.extra)}   ${kept}`);
  if (byHand.deleted.length > 0) lines.push(`deleted by hand: ${someOf(byHand.deleted)}`);
  if (byHand.removed.length > 0) lines.push(`removed by hand: ${byHand.removed.join(", ")}`);
  return lines;
}

const shownAtMost = 5;

function someOf(files: readonly string[]): string {
  const more = files.length - shownAtMost;
  return `${files.slice(0, shownAtMost).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
