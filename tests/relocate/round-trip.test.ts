import { expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import type { Fs } from "../../src/ports/index.ts";
import { applyFix, examineTree, moveOf } from "../../src/relocate/index.ts";
import { memoryPorts } from "../kit/memory-ports.ts";
import { randomFrom } from "../kit/random.ts";

const random = randomFrom();
const root = absPath("/srv/tree");
const { signal } = new AbortController();

const pairs: readonly (readonly [string, string])[] = [
  ["/old/place", "/new"],
  ["/e", "/somewhere/much longer/than before"],
  ["/old", "/old/below"],
  ["/old/place", "/old"],
  ["/plåce/ö", "/p"],
  [String.raw`C:\old\place`, String.raw`D:\a b\c`],
];

/** Names the place, in one of the ways in which files do. */
function naming(place: string): readonly string[] {
  const slashed = place.replaceAll("\\", "/");
  const url = `file://${slashed.startsWith("/") ? "" : "/"}${encodeURI(slashed)}`;
  return [
    place,
    `"${place}/lib"`,
    `-I${place}/include`,
    `x=${place}:`,
    `(${place})`,
    `${url}/x`,
    `'${place}'`,
    `\0${place}\0`,
  ];
}

/** Looks like it and is another. */
function resembling(place: string): readonly string[] {
  return [
    `${place}2`,
    `${place}-x/lib`,
    `${place}.bak`,
    `/x${place}/lib`,
    `name${place}`,
    "plain words",
    "/usr/bin/env",
  ];
}

async function moved(fs: Fs, ports: ReturnType<typeof memoryPorts>, from: string, to: string): Promise<string> {
  const tree = await examineTree(ports, root, { from, signal });
  await applyFix(ports, tree, { move: moveOf(from, to), signal });
  return fs.readText(fs.path.join(root, "file.dat"));
}

test(`there and back again is the same text (SEED=${random.seed})`, async () => {
  for (let round = 0; round < 150; round++) {
    const [from, to] = random.pick(pairs);
    const isText = random.below(2) === 0;
    const words = Array.from({ length: 1 + random.below(12) }, () => {
      const word = random.pick(random.below(3) === 0 ? resembling(from) : naming(from));
      return `${isText ? word.replaceAll("\0", "") : word}${random.pick([" ", "\n", "\t"])}`;
    });
    // A file with zero bytes is data, and nobody said that its strings may be changed.
    const text = `begin ${words.join("")}`;
    const ports = memoryPorts();
    const { fs } = ports;
    await fs.makeDir(root);
    await fs.write(fs.path.join(root, "file.dat"), text);
    const there = await moved(fs, ports, from, to);
    const label = `${round}: ${JSON.stringify(text)} from ${from} to ${to}`;
    if (text.includes("\0")) {
      expect(there, label).toBe(text);
      continue;
    }
    const expected = words.map((word) => {
      const bare = word.slice(0, -1);
      const index = naming(from)
        .map((one) => one.replaceAll("\0", ""))
        .indexOf(bare);
      const other = naming(to)[index]?.replaceAll("\0", "");
      return `${other ?? bare}${word.slice(-1)}`;
    });
    expect(there, label).toBe(`begin ${expected.join("")}`);
    expect(await moved(fs, ports, from, to), label).toBe(there);
    if (!to.startsWith(from) && !from.startsWith(to)) expect(await moved(fs, ports, to, from), label).toBe(text);
  }
});
