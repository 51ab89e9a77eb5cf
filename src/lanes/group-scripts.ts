import { type Fits, Knowledge } from "./knowledge.ts";

export interface GroupOptions {
  /** Up to so many members the fewest groups are found; above, a good number of them with a bound. Default 12. */
  readonly exactUpTo?: number;
  /** Members with the same word go into one group where that costs nothing: those of one environment. */
  readonly belongsTo?: (member: number) => string;
}

export interface Grouping {
  /** Members in ascending order; groups by their first member. */
  readonly lanes: readonly (readonly number[])[];
  /** Fewer groups are impossible. */
  readonly atLeast: number;
  /** `lanes` are as few as can be. */
  readonly isExact: boolean;
  /** All that was learned, to be asked further. */
  readonly known: Knowledge;
}

/**
 * Puts scripts into the fewest groups such that each group fits together as a whole; that all its pairs do is not
 * enough. Asks for the whole first, which is most often the answer, and then as little as it can.
 */
export async function groupScripts(
  count: number,
  fits: Fits,
  { exactUpTo = 12, belongsTo = () => "" }: GroupOptions = {},
): Promise<Grouping> {
  const known = new Knowledge(count, fits);
  const members = Array.from({ length: count }, (_, member) => member);
  if (count === 0) return { lanes: [], atLeast: 0, isExact: true, known };
  if (await known.fits(members)) return { lanes: [members], atLeast: 1, isExact: true, known };
  const search = { known, belongsTo };
  let best = await firstFit(search, members);
  if (best.length > 2) best = fewer(best, await firstFit(search, hardestFirst(known, members)));
  // Where all ways are tried below, the bound may rest on what is known already.
  let atLeast = await lowerBound(known, best, { asks: count > exactUpTo });
  while (count <= exactUpTo && atLeast < best.length) {
    const found = await partition(search, hardestFirst(known, members), { lanes: [], most: atLeast });
    if (found !== undefined) best = found;
    else atLeast++;
  }
  return { lanes: sorted(best), atLeast, isExact: atLeast === best.length, known };
}

interface Search {
  readonly known: Knowledge;
  readonly belongsTo: (member: number) => string;
}

type Lanes = readonly (readonly number[])[];

/** Each member into the first group that takes it. */
async function firstFit({ known, belongsTo }: Search, order: readonly number[]): Promise<Lanes> {
  const lanes: number[][] = [];
  for (const member of order) {
    let home: number[] | undefined;
    for (const lane of kinFirst(lanes, belongsTo, member)) {
      if (!(await known.fits([...lane, member]))) continue;
      home = lane as number[];
      break;
    }
    if (home === undefined) lanes.push([member]);
    else home.push(member);
  }
  return lanes;
}

/** Tries every way to part the members into at most so many groups; a branch ends at the first group that doesn't fit. */
async function partition(
  search: Search,
  order: readonly number[],
  { lanes, most }: { readonly lanes: Lanes; readonly most: number },
): Promise<Lanes | undefined> {
  const [member, ...rest] = order;
  if (member === undefined) return lanes;
  for (const lane of kinFirst(lanes, search.belongsTo, member)) {
    const joined = [...lane, member];
    if (!(await search.known.fits(joined))) continue;
    const next = lanes.map((one) => (one === lane ? joined : one));
    const found = await partition(search, rest, { lanes: next, most });
    if (found !== undefined) return found;
  }
  if (lanes.length >= most) return undefined;
  return partition(search, rest, { lanes: [...lanes, [member]], most });
}

function kinFirst(lanes: Lanes, belongsTo: Search["belongsTo"], member: number): Lanes {
  const kin = belongsTo(member);
  const isKin = (lane: readonly number[]): boolean => lane.some((one) => belongsTo(one) === kin);
  return [...lanes.filter(isKin), ...lanes.filter((lane) => !isKin(lane))];
}

function hardestFirst(known: Knowledge, members: readonly number[]): readonly number[] {
  const clashes = new Map<number, number>();
  for (const bad of known.bad())
    for (const member of bad) clashes.set(member, (clashes.get(member) ?? 0) + 1 / bad.length);
  return [...members].sort((a, b) => (clashes.get(b) ?? 0) - (clashes.get(a) ?? 0) || a - b);
}

/** As many members of which no two fit need as many groups. Begins with one of each group, which most likely clash. */
async function lowerBound(known: Knowledge, lanes: Lanes, { asks }: { readonly asks: boolean }): Promise<number> {
  let best: readonly number[] = [];
  const order = hardestFirst(known, lanes.flat());
  for (const start of order) {
    const clique = [start];
    for (const member of order) {
      if (member === start) continue;
      if (await clashesWithAll(known, clique, { member, asks })) clique.push(member);
    }
    if (clique.length > best.length) best = clique;
    if (best.length === lanes.length) break;
  }
  // Not all fit together, so one group is never enough.
  return Math.max(2, best.length);
}

async function clashesWithAll(
  known: Knowledge,
  clique: readonly number[],
  { member, asks }: { readonly member: number; readonly asks: boolean },
): Promise<boolean> {
  for (const other of clique) {
    const fits = asks ? await known.fits([member, other]) : known.now([member, other]);
    if (fits !== false) return false;
  }
  return true;
}

function fewer(a: Lanes, b: Lanes): Lanes {
  return b.length < a.length ? b : a;
}

function sorted(lanes: Lanes): Lanes {
  const ordered = lanes.map((lane) => [...lane].sort((a, b) => a - b));
  return ordered.sort(([a = 0], [b = 0]) => a - b);
}
