import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isVenvoyError } from "../../src/base/index.ts";
import { evaluateMarker, parseRequirement, parseVersion, type Requirement } from "../../src/pep/index.ts";
import type { Lock } from "../../src/resolve/index.ts";
import type { MadeIndex } from "./memory-source.ts";
import { linuxTarget, resolveIn, typed } from "./targets.ts";

const names = ["a", "b", "c", "d", "e"];
const versions = ["1.0", "1.1", "1.1.post1", "2.0rc1", "2.0", "2.1+local"];
const specifiers = ["", ">=1.1", "<2", "==1.0", "!=1.1", "~=1.0", ">1.1", "==2.*", ">=2.0rc1", "===1.1", "<=2.1"];
const markers = ["", "", "", "; os_name == 'posix'", "; sys_platform == 'win32'", "; python_version >= '3.12'"];
const extras = ["", "", "", "[x]", "[y]", "[x,y]"];

const line = fc
  .tuple(
    fc.constantFrom(...names),
    fc.constantFrom(...extras),
    fc.constantFrom(...specifiers),
    fc.constantFrom(...markers),
  )
  .map((parts) => parts.join(""));

const release = fc.record({
  requires: fc.array(line, { maxLength: 2 }),
  extras: fc.record({ x: fc.array(line, { maxLength: 1 }), y: fc.array(line, { maxLength: 1 }) }),
});

const indexes: fc.Arbitrary<MadeIndex> = fc
  .tuple(
    ...names.map(() =>
      fc
        .subarray(versions, { minLength: 1 })
        .chain((present) =>
          fc
            .array(release, { minLength: present.length, maxLength: present.length })
            .map((releases) => Object.fromEntries(present.map((version, at) => [version, releases[at] ?? {}]))),
        ),
    ),
  )
  .map((made) => Object.fromEntries(names.map((name, at) => [name, made[at] ?? {}])));

const target = linuxTarget("3.12.1");

/** The requirements that a locked package brings on the target, with the extras that were asked of it. */
function needsOf(index: MadeIndex, { name, version, extras: wanted }: Lock["packages"][number]): Requirement[] {
  const made = index[name]?.[version];
  const plain = made?.requires ?? [];
  const more = wanted.flatMap((extra) => made?.extras?.[extra] ?? []);
  return [...plain, ...more]
    .map(parseRequirement)
    .filter(({ marker }) => !marker || evaluateMarker(marker, target.markers));
}

/** The first requirement that the lock does not satisfy. */
function unmet(lock: Lock, wanted: readonly Requirement[]): string | undefined {
  for (const requirement of wanted) {
    const found = lock.packages.find((entry) => entry.name === requirement.name);
    const fits = found !== undefined && requirement.specifier.contains(parseVersion(found.version));
    if (!fits || !requirement.extras.every((extra) => found.extras.includes(extra))) return String(requirement);
  }
  return undefined;
}

describe("resolve, on random indexes", () => {
  it("locks what satisfies every requirement and nothing besides, whatever has to wait", async () => {
    let solved = 0;
    await fc.assert(
      fc.asyncProperty(
        indexes,
        fc.array(line, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (index, lines, later) => {
          const asked = typed(...lines).filter(
            ({ requirement: { marker } }) => !marker || evaluateMarker(marker, target.markers),
          );
          let lock: Lock;
          try {
            lock = (await resolveIn({ index, asked: typed(...lines), later })).lock;
          } catch (error) {
            if (!isVenvoyError(error)) throw error;
            expect(error.message).toContain("can't be installed");
            return;
          }
          solved += 1;
          const wanted = [
            ...asked.map(({ requirement }) => requirement),
            ...lock.packages.flatMap((one) => needsOf(index, one)),
          ];
          expect(unmet(lock, wanted)).toBeUndefined();
          const named = new Set(wanted.map(({ name }) => name));
          expect(lock.packages.filter(({ name }) => !named.has(name))).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
    expect(solved).toBeGreaterThan(50);
  });
});
