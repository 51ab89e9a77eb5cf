import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isVenvoyError } from "../../src/base/index.ts";
import { parseRequirement } from "../../src/pep/index.ts";
import {
  type AskedRequirement,
  defaultPolicy,
  type Proposal,
  type ProposeOptions,
  proposalSentence,
  propose,
} from "../../src/resolve/index.ts";
import { type MadeIndex, memorySource } from "./memory-source.ts";
import { type Asking, inFile, linuxTarget, resolveIn, typed } from "./targets.ts";

function proposalsFor(asking: Asking, options: ProposeOptions = {}): Promise<readonly Proposal[]> {
  return propose(
    {
      requirements: asking.asked,
      constraints: asking.constraints ?? [],
      overrides: [],
      target: linuxTarget(asking.python ?? "3.12.1"),
      policy: defaultPolicy,
      source: memorySource(asking.index),
    },
    options,
  );
}

async function said(asking: Asking, options?: ProposeOptions): Promise<readonly string[]> {
  return (await proposalsFor(asking, options)).map(proposalSentence);
}

async function resolves(asking: Asking): Promise<boolean> {
  try {
    await resolveIn(asking);
    return true;
  } catch (error) {
    if (isVenvoyError(error)) return false;
    throw error;
  }
}

const frames: MadeIndex = {
  numpy: { "1.26": {}, "2.0": {}, "2.1": {} },
  pandas: { "2.0": { requires: ["numpy<2"] }, "3.0": { requires: ["numpy>=2"] }, "3.1": { requires: ["numpy>=2.1"] } },
};

describe("proposals", () => {
  it("let go of one bound, and tell what that gives", async () => {
    const asked = [...typed("pandas>=3,<4"), inFile("a.py", 3, "numpy>=1.20,<2")];
    expect(await said({ index: frames, asked })).toEqual([
      "ask for `numpy>=1.20` instead of `numpy<2,>=1.20` (a.py line 3), which gives numpy 2.1",
      "ask for `pandas<4` instead of `pandas<4,>=3`, which gives pandas 2.0",
    ]);
  });

  it("turn a pinned version into a bound on the side that helps", async () => {
    const asked = typed("pandas==3.1", "numpy==2.0");
    expect(await said({ index: frames, asked })).toEqual([
      "ask for `numpy>=2.0` instead of `numpy==2.0`, which gives numpy 2.1",
      "ask for `pandas<=3.1` instead of `pandas==3.1`, which gives pandas 3.0",
    ]);
  });

  it("leave a requirement out when no version of it would do", async () => {
    const index = { a: { "1": { requires: ["c<2"] } }, b: { "1": { requires: ["c>=2"] } }, c: { "1": {}, "2": {} } };
    expect(await said({ index, asked: typed("a", "b") })).toEqual(["leave out `a`", "leave out `b`"]);
  });

  it("change a constraint too, and drop one that has nothing else to give", async () => {
    const asking = { index: frames, asked: typed("pandas==3.1"), constraints: [inFile("limits.txt", 2, "numpy<2")] };
    expect(await said(asking)).toEqual([
      "ask for `pandas<=3.1` instead of `pandas==3.1`, which gives pandas 2.0",
      "leave out `numpy<2` (limits.txt line 2)",
    ]);
  });

  it("take another Python where that alone is enough", async () => {
    const index = { a: { "1": { requiresPython: ">=3.13" } } };
    const pythons = ["3.11.2", "3.13.1"].map((version) => ({
      label: `Python ${version}`,
      target: linuxTarget(version),
    }));
    expect(await said({ index, asked: typed("a") }, { pythons })).toEqual(["take Python 3.13.1"]);
  });

  it("join two changes where one is not enough", async () => {
    const index = {
      a: { "1": {}, "2": {} },
      b: { "1": {}, "2": {} },
      top: { "1": { requires: ["a>=2", "b>=2"] } },
    };
    expect(await said({ index, asked: typed("top", "a<2", "b<2") })).toEqual(["leave out `top`"]);
    const [first] = await said({ index, asked: typed("top", "top>=1", "a<2", "b<2") });
    expect(first).toBe(
      "ask for `a` instead of `a<2`, which gives a 2; and ask for `b` instead of `b<2`, which gives b 2",
    );
  });

  it("stop when they are told to", async () => {
    const asked = typed("pandas>=3", "numpy<2");
    expect(await said({ index: frames, asked }, { mostSolves: 1 })).toEqual([]);
    expect(await said({ index: frames, asked }, { goOn: () => false })).toEqual([]);
  });
});

const names = ["a", "b", "c", "d", "e", "f"];
const bounds = ["", ">=2", "<2", "==1", "==3", "!=2", "<3", ">=3"];
const line = fc.tuple(fc.constantFrom(...names), fc.constantFrom(...bounds)).map((parts) => parts.join(""));
const indexes = fc.tuple(
  ...names.map(() =>
    fc.record({
      "1": fc.record({ requires: fc.array(line, { maxLength: 2 }) }),
      "2": fc.record({ requires: fc.array(line, { maxLength: 2 }) }),
      "3": fc.record({ requires: fc.array(line, { maxLength: 2 }) }),
    }),
  ),
);

/** How many requirements must change at least, by trying all subsets. */
async function smallestRepair(index: MadeIndex, asked: readonly AskedRequirement[]): Promise<number> {
  let least = asked.length;
  for (let set = 0; set < 1 << asked.length; set++) {
    const kept = asked.filter((_, at) => (set & (1 << at)) === 0);
    if (asked.length - kept.length < least && (await resolves({ index, asked: kept })))
      least = asked.length - kept.length;
  }
  return least;
}

/** The request as a proposal changes it. */
function applied(asked: readonly AskedRequirement[], { changes }: Proposal): readonly AskedRequirement[] {
  return asked.flatMap((one) => {
    const change = changes.find((candidate) => candidate.kind !== "python" && candidate.asked === one);
    if (change === undefined) return [one];
    return change.kind === "loosen" ? [{ ...one, requirement: parseRequirement(change.to) }] : [];
  });
}

describe("proposals, on random requests that can't be satisfied", () => {
  it("are the smallest there are, and all of them resolve", async () => {
    let unsatisfiable = 0;
    const sizes = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(indexes, fc.uniqueArray(line, { minLength: 3, maxLength: 6 }), async (made, lines) => {
        const index = Object.fromEntries(names.map((name, at) => [name, made[at] ?? {}]));
        const asked = typed(...lines);
        if (await resolves({ index, asked })) return;
        unsatisfiable += 1;
        const least = await smallestRepair(index, asked);
        sizes.set(least, (sizes.get(least) ?? 0) + 1);
        const proposals = await proposalsFor({ index, asked }, { mostSolves: 500 });
        // To ask for nothing is no way out.
        if (least === asked.length && proposals.length === 0) return;
        expect(proposals.length).toBeGreaterThan(0);
        expect(proposals[0]?.changes.length).toBe(least);
        for (const proposal of proposals) {
          expect(await resolves({ index, asked: applied(asked, proposal) }), proposalSentence(proposal)).toBe(true);
        }
      }),
      { numRuns: 220 },
    );
    expect(unsatisfiable).toBeGreaterThan(50);
    expect(sizes.size).toBeGreaterThan(1);
  });
});
