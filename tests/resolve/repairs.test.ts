import { describe, expect, it } from "vitest";
import { parseRequirement } from "../../src/pep/index.ts";
import {
  type AskedRequirement,
  defaultPolicy,
  type Proposal,
  proposalSentence,
  propose,
} from "../../src/resolve/index.ts";
import { type Conflict, knownConflicts } from "./conflicts.ts";
import { isSatisfiable } from "./exhaustive.ts";
import { madeQuestion } from "./made-conflicts.ts";
import { memorySource } from "./memory-source.ts";
import { linuxTarget } from "./targets.ts";

const setCount = 100;
const home = "3.11.7";
const others = ["3.12.1", "3.10.13"];

/** A question with some of its lines changed, on some Python, by trying everything. */
function resolves(
  { index, asked, constraints }: Conflict,
  change: (one: AskedRequirement) => readonly AskedRequirement[],
  python = home,
): boolean {
  const plain = (list: readonly AskedRequirement[]) => list.flatMap(change).map(({ requirement }) => requirement);
  return isSatisfiable({
    index,
    requirements: plain(asked),
    constraints: plain(constraints),
    target: linuxTarget(python),
  });
}

/** How many words must change at least: lines left out, and the Python. Whatever a loosened line allows, no line does. */
function leastOf(conflict: Conflict): number {
  const items = [...conflict.asked, ...conflict.constraints];
  let least = items.length + 1;
  for (const [python, cost] of [[home, 0] as const, ...others.map((one) => [one, 1] as const)]) {
    for (let set = 0; set < 1 << items.length; set++) {
      const out = new Set(items.filter((_, at) => (set & (1 << at)) !== 0));
      if (out.size + cost >= least) continue;
      if (resolves(conflict, (one) => (out.has(one) ? [] : [one]), python)) least = out.size + cost;
    }
  }
  return least;
}

function proposalsFor({ index, asked, constraints }: Conflict): Promise<readonly Proposal[]> {
  const pythons = others.map((version) => ({ label: `Python ${version}`, target: linuxTarget(version) }));
  return propose(
    {
      requirements: asked,
      constraints,
      overrides: [],
      target: linuxTarget(home),
      policy: defaultPolicy,
      source: memorySource(index),
    },
    { pythons },
  );
}

function works(conflict: Conflict, { changes }: Proposal): boolean {
  const python = changes.flatMap((change) =>
    change.kind === "python" ? [change.label.replace("Python ", "")] : [],
  )[0];
  const change = (one: AskedRequirement): readonly AskedRequirement[] => {
    const found = changes.find((candidate) => candidate.kind !== "python" && candidate.asked === one);
    if (found === undefined) return [one];
    return found.kind === "loosen" ? [{ ...one, requirement: parseRequirement(found.to) }] : [];
  };
  return resolves(conflict, change, python ?? home);
}

/** The known ones, then those that seeds make, in order, as far as they have no answer. */
function conflicts(): readonly Conflict[] {
  const found = [...knownConflicts];
  for (let seed = 1; found.length < setCount; seed++) {
    const made = madeQuestion(seed);
    if (!resolves(made, (one) => [one])) found.push(made);
  }
  return found;
}

describe("ways out of conflicts", () => {
  it.each(knownConflicts)("$name: $least", async (conflict) => {
    expect(resolves(conflict, (one) => [one])).toBe(false);
    expect(leastOf(conflict)).toBe(conflict.least);
    expect((await proposalsFor(conflict))[0]?.changes).toHaveLength(conflict.least ?? 0);
  });

  it(`are the smallest there are, in ${setCount} sets`, async () => {
    const sizes = new Map<number, number>();
    const larger: string[] = [];
    const broken: string[] = [];
    let proposed = 0;
    for (const conflict of conflicts()) {
      const least = leastOf(conflict);
      sizes.set(least, (sizes.get(least) ?? 0) + 1);
      const proposals = await proposalsFor(conflict);
      if (proposals[0]?.changes.length !== least)
        larger.push(`${conflict.name}: ${least}, not ${proposals[0]?.changes.length}`);
      proposed += proposals.length;
      for (const one of proposals) if (!works(conflict, one)) broken.push(`${conflict.name}: ${proposalSentence(one)}`);
    }
    const smallest = setCount - larger.length;
    const bySize = [...sizes].sort(([a], [b]) => a - b).map(([size, count]) => `${count} need ${size}`);
    console.log(
      `first proposal is a smallest one in ${smallest} of ${setCount} (${bySize.join(", ")}); ${broken.length === 0 ? "all" : "not all"} ${proposed} proposals solve`,
    );
    expect(broken).toEqual([]);
    expect(smallest, larger.join("\n")).toBeGreaterThanOrEqual(95);
    expect(sizes.size).toBeGreaterThanOrEqual(3);
  });
});
