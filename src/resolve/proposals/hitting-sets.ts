/**
 * Sets of exactly `size` items that hold at least one item of every core, in order of their items; each once. With no
 * core there is nothing to hit, and no set.
 */
export function* hittingSets(
  cores: readonly ReadonlySet<number>[],
  size: number,
): IterableIterator<ReadonlySet<number>> {
  const seen = new Set<string>();
  for (const found of extend(new Set(), cores, size)) {
    const key = [...found].sort((a, b) => a - b).join(",");
    if (seen.has(key)) continue;
    seen.add(key);
    yield found;
  }
}

function* extend(
  chosen: ReadonlySet<number>,
  cores: readonly ReadonlySet<number>[],
  size: number,
): IterableIterator<ReadonlySet<number>> {
  const open = cores.find((core) => ![...core].some((item) => chosen.has(item)));
  if (open === undefined) {
    // A set that hits all with fewer items was met at its own size.
    if (chosen.size === size) yield chosen;
    return;
  }
  if (chosen.size === size) return;
  for (const item of [...open].sort((a, b) => a - b)) yield* extend(new Set([...chosen, item]), cores, size);
}
