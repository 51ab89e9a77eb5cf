import { createHash } from "node:crypto";
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { listingOf, membersOf } from "../../../src/app/standalone/listing.ts";
import { absPath } from "../../../src/base/index.ts";
import { nodePorts } from "../../../src/node/index.ts";
import { tempDir } from "../../kit/temp.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

test("what is known of a file counts while it looks as it was put there; the list says what is in it in any case", async () => {
  const { fs } = nodePorts();
  const root = absPath(tempDir("members"));
  mkdirSync(join(root, "lib"));
  const put = Date.now() - 60_000;
  const known = new Map(
    ["same", "longer", "younger", "missing"].map((name) => [
      `lib/${name}`,
      { sha256: sha256("text"), sizeBytes: 4, latestMs: put },
    ]),
  );
  for (const [name, text, ms] of [
    ["same", "text", put],
    ["longer", "texts", put],
    ["younger", "edit", put + 30_000],
    ["own", "mine", put],
  ] as const) {
    writeFileSync(join(root, "lib", name), text);
    utimesSync(join(root, "lib", name), ms / 1_000, ms / 1_000);
  }
  const members = await membersOf(fs, root, known);
  expect(members.filter(({ digest }) => digest !== undefined).map(({ path }) => path)).toEqual(["lib/same"]);
  expect((await listingOf(fs, root, members)).split("\n")).toEqual([
    `${sha256("texts")} - "lib/longer"`,
    `${sha256("mine")} - "lib/own"`,
    `${sha256("text")} - "lib/same"`,
    `${sha256("edit")} - "lib/younger"`,
    "",
  ]);
});
