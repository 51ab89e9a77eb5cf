import type { ResolveChoices } from "../requests.ts";
import type { CheckItem } from "./check-item.ts";

/**
 * Whether two scripts may be meant for one host program: `platform:` names the same, or not both name one. Of two versions
 * one may say more than the other (`rhino3d@8`, `rhino3d@8.12`).
 */
export function hostsAgree(a: Pick<CheckItem, "platform">, b: Pick<CheckItem, "platform">): boolean {
  if (a.platform === undefined || b.platform === undefined) return true;
  const [one, other] = [a.platform.text, b.platform.text].map(partsOf);
  const shared = Math.min(one?.length ?? 0, other?.length ?? 0);
  return Array.from({ length: shared }, (_, at) => one?.[at] === other?.[at]).every(Boolean);
}

function partsOf(platform: string): readonly string[] {
  return platform
    .toLowerCase()
    .split(/[\s:@.-]+/)
    .filter((part) => part !== "" && part !== "*");
}

/**
 * The settings of several headers as one; limits and further indexes add up. `undefined` when they name different main
 * indexes or rules, which one environment can't have.
 */
export function joinChoices(all: readonly ResolveChoices[]): ResolveChoices | undefined {
  const joined: Record<string, unknown> = {};
  for (const choices of all) {
    for (const [key, value] of Object.entries(choices)) {
      const known = joined[key];
      if (known === undefined) joined[key] = value;
      else if (Array.isArray(known) && Array.isArray(value)) joined[key] = distinct([...known, ...value]);
      else if (isTable(known) && isTable(value) && agree(known, value)) joined[key] = { ...known, ...value };
      else if (JSON.stringify(known) !== JSON.stringify(value)) return undefined;
    }
  }
  return joined as ResolveChoices;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function agree(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  return Object.entries(a).every(([key, value]) => b[key] === undefined || b[key] === value);
}

function distinct(values: readonly unknown[]): readonly unknown[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
