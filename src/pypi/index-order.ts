import type { PackageName } from "../base/index.ts";
import type { IndexLocation, IndexSettings } from "./settings.ts";

/** The indexes that may provide a package: those that serve it by name, all together, and else the others in order. */
export function indexesFor(
  { indexes, pins }: Pick<IndexSettings, "indexes" | "pins">,
  name: PackageName,
): { readonly serving: readonly IndexLocation[]; readonly others: readonly IndexLocation[] } {
  const pin = pins.get(name);
  if (pin !== undefined) return { serving: [], others: indexes.filter((index) => index.name === pin) };
  const serving = indexes.filter(({ serves }) => serves?.(name) !== undefined);
  const isOnly = serving.some(({ serves }) => serves?.(name) === "only");
  const others = indexes.filter(({ explicit, serves }) => explicit !== true && serves === undefined);
  return { serving, others: isOnly ? [] : others };
}
