import { byCodePoint } from "../base/index.ts";
import type { PublishedPackage } from "./records.ts";

/** `from` is missing for what only the later release has, `to` for what only the earlier one has. */
export interface PackageDifference {
  readonly name: string;
  readonly from?: string;
  readonly to?: string;
}

export function packageDifferences(
  before: readonly PublishedPackage[],
  after: readonly PublishedPackage[],
): readonly PackageDifference[] {
  const old = new Map(before.map(({ name, version }) => [name, version]));
  const fresh = new Map(after.map(({ name, version }) => [name, version]));
  const names = [...new Set([...old.keys(), ...fresh.keys()])].sort(byCodePoint);
  return names.flatMap((name) => {
    const [from, to] = [old.get(name), fresh.get(name)];
    if (from === to) return [];
    return [{ name, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
  });
}
