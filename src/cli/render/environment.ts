import type { EnvironmentDetails, EnvironmentSummary } from "../../app/index.ts";
import { columns } from "./columns.ts";
import { ago, bytes, count } from "./quantity.ts";
import type { Style } from "./style.ts";

export function environmentTable(environments: readonly EnvironmentSummary[], nowMs: number, style: Style): string {
  if (environments.length === 0) return "no environments yet; make one with venvoy create NAME";
  return columns(
    environments.map((one) => [
      style.bold(one.name),
      one.problem === undefined ? `Python ${one.python ?? "?"}` : style.bad(one.problem),
      count(one.packages, "package"),
      style.dim(`used ${ago(one.usedMs, nowMs)}`),
      style.dim(one.purpose ?? ""),
    ]),
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
  ].join(" · ");
  const lines = [head, ...(env.problem === undefined ? [] : [style.bad(env.problem)])];
  if (env.purpose !== undefined) lines.push(env.purpose);
  lines.push(...byHandLines(env, style));
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

function byHandLines({ byHand }: EnvironmentDetails, style: Style): string[] {
  const lines: string[] = [];
  const kept = style.dim("(kept when you change anything)");
  if (byHand.added.length > 0) lines.push(`installed by hand: ${byHand.added.join(", ")}   ${kept}`);
  if (byHand.changed.length > 0) lines.push(`changed by hand: ${byHand.changed.join(", ")}   ${kept}`);
  if (byHand.removed.length > 0) lines.push(`removed by hand: ${byHand.removed.join(", ")}`);
  return lines;
}
