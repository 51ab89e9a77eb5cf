import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bundleProgram, bunProgram, nodeProgram } from "../kit/runtimes.ts";
import { tempDir } from "../kit/temp.ts";
import { zipBytes } from "../kit/zip-writer.ts";

const program = "tests/node/programs/work-in-threads.ts";
const noise = Buffer.from(Array.from({ length: 1 << 20 }, (_, index) => (index * 2_654_435_761) >>> 24));

// Bun starts threads from the sources; a bundle in one file has none, and does everything by itself.
test.each([
  ["with threads", bunProgram],
  ["without threads", nodeProgram],
])(
  "linking, unpacking and hashing come out the same %s",
  (name, runtime) => {
    const root = tempDir("lanes");
    const archive = join(root, "demo.whl");
    const content = (index: number) => Buffer.concat(Array.from({ length: 10 }, () => noise.subarray(index)));
    const entries = Array.from({ length: 8 }, (_, index) => ({ name: `f${index}`, content: content(index) }));
    writeFileSync(archive, zipBytes([...entries, { name: "big", content: Buffer.alloc(20 << 20, 7) }]));
    const file = name === "with threads" ? program : bundleProgram(program, root);
    const answer = spawnSync(runtime, [file, root, archive], { encoding: "utf8", timeout: 240_000 });
    expect(answer.stderr).toBe("");
    expect(answer.status).toBe(0);
    expect(JSON.parse(answer.stdout)).toEqual({
      linked: 5_500,
      told: 4_000,
      again: "EEXIST",
      unpacked: 9,
      agree: true,
      code: "DIGEST_MISMATCH",
    });
  },
  300_000,
);
