import { expect, test } from "vitest";
import { type PackageName, parseSha256, SafeUrl } from "../../src/base/index.ts";
import { evaluateMarkerWith, parsePylock, selectFromPylock } from "../../src/pep/index.ts";
import { parseTarget } from "../../src/python/index.ts";
import { type Lock, type LockedPackage, lockedTargets, mergeLocks, type TargetLock } from "../../src/resolve/index.ts";

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const systems = ["linux-x86_64", "linux-aarch64", "windows-amd64", "windows-arm64", "macos-arm64", "macos-x86_64"];
const pythons = ["cp39", "cp310", "cp311", "cp312", "cp313", "pp310"];

function locked(name: string, version: string, needs: readonly string[]): LockedPackage {
  const filename = `${name}-${version}-py3-none-any.whl`;
  return {
    name: name as PackageName,
    version,
    wheel: {
      filename,
      sha256: parseSha256(version.slice(0, 1).repeat(64)),
      url: SafeUrl.parse(`https://files.example/${filename}`),
      index: SafeUrl.parse("https://index.example/simple/"),
    },
    dependencies: needs as readonly PackageName[],
    extras: [],
    requested: needs.length === 0,
  };
}

const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);

test(`each target gets back what was merged for it (SEED=${seed})`, () => {
  const random = randomFrom(seed);
  const pick = (count: number): number => Math.floor(random() * count);
  for (let round = 0; round < 60; round++) {
    const names = new Set(
      Array.from({ length: 1 + pick(7) }, () => `${systems[pick(systems.length)]}-${pythons[pick(pythons.length)]}`),
    );
    const parts = [...names].map((name): TargetLock => {
      const packages: LockedPackage[] = [];
      for (const letter of ["a", "b", "c", "d", "e"]) {
        if (random() < 0.75)
          packages.push(locked(letter, `${1 + pick(letter === "a" ? 1 : 3)}.0`, letter > "b" ? ["a", "b"] : []));
      }
      return { name, target: parseTarget(name).target, lock: { packages } satisfies Lock };
    });
    const text = mergeLocks(parts, { recordTargets: true });
    expect(mergeLocks([...parts].reverse(), { recordTargets: true })).toBe(text);
    const read = parsePylock(text);
    expect(lockedTargets(read)).toEqual([...names].sort());
    for (const { name, target, lock } of parts) {
      const got = selectFromPylock(read, target).map((one) => `${one.package.name} ${one.package.version}`);
      expect(got.sort(), `${name} in round ${round}`).toEqual(lock.packages.map((one) => `${one.name} ${one.version}`));
      const environments = read.environments?.filter((marker) => evaluateMarkerWith(marker, target.markers));
      expect(environments).toHaveLength(1);
    }
    for (const one of read.packages) {
      const everywhere = parts.every(({ lock }) =>
        lock.packages.some(({ name, version }) => name === one.name && version === String(one.version)),
      );
      expect(one.marker === undefined, `${one.name} ${one.version}`).toBe(everywhere);
    }
  }
});

test("a dependency that stands there twice is named with its versions", () => {
  const on = (name: string, version: string): TargetLock => ({
    name,
    target: parseTarget(name).target,
    lock: { packages: [locked("b", version, []), locked("c", "1.0", ["b"])] },
  });
  const { packages } = parsePylock(mergeLocks([on("linux-x86_64-cp311", "2.0"), on("windows-amd64-cp311", "1.0")]));
  expect(packages.map((one) => [one.name, one.marker?.toString(), one.dependencies])).toEqual([
    ["b", 'sys_platform == "win32"', undefined],
    ["b", 'sys_platform == "linux"', undefined],
    [
      "c",
      undefined,
      [
        { name: "b", version: "1.0" },
        { name: "b", version: "2.0" },
      ],
    ],
  ]);
});
