import type { Knowledge } from "./knowledge.ts";

/**
 * Who clashes with whom: every pair that doesn't fit, and of larger sets that came up those that don't fit though all
 * their pairs do, each without a member that could be left out. Pairs go first, in order. Asks about every pair.
 */
export async function clashingSets(known: Knowledge): Promise<readonly (readonly number[])[]> {
  const pairs: (readonly number[])[] = [];
  for (let a = 0; a < known.count; a++)
    for (let b = a + 1; b < known.count; b++) if (!(await known.fits([a, b]))) pairs.push([a, b]);
  for (const bad of known.bad()) {
    if (bad.length > 2) await shrink(known, bad);
  }
  const larger = known.bad().filter((bad) => bad.length > 2);
  return [...pairs, ...larger.sort(byMembers)];
}

/** Asks without each member in turn; what is learned on the way is kept by the knowledge itself. */
async function shrink(known: Knowledge, bad: readonly number[]): Promise<void> {
  let members = bad;
  for (const member of bad) {
    const rest = members.filter((one) => one !== member);
    if (!(await known.fits(rest))) members = rest;
  }
}

function byMembers(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((member, index) => member !== b[index]);
  return at < 0 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? 0);
}
