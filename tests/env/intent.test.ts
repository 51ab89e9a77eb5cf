import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Claim, type Intent, readEnvironment } from "../../src/env/index.ts";
import { tempDir } from "../kit/temp.ts";
import { anyPython, workbench } from "./workbench.ts";

async function demo(label: string) {
  const bench = workbench(tempDir(label));
  const base = await bench.base(await anyPython(bench));
  const made = await bench.home.create("demo", bench.request(base, []));
  return { bench, base, made, file: join(made.dir, "intent.toml") };
}

const text = fc.string({ unit: "binary", maxLength: 40 }).map((value) => value.replace(/[\ud800-\udfff]/g, ""));
const timeMs = fc.integer({ min: 0, max: 4_000_000_000_000 });
const claims: fc.Arbitrary<readonly Claim[]> = fc.uniqueArray(
  fc.record({
    script: text,
    digest: text,
    python: fc.option(text, { nil: undefined }),
    seenMs: timeMs,
    requirements: fc.array(fc.record({ text, line: fc.nat(10_000) }), { maxLength: 3 }),
  }),
  { maxLength: 4, selector: (claim) => claim.script },
);
const edits = fc.record({
  claims,
  owner: text,
  purpose: fc.option(text, { nil: undefined }),
  variables: fc.dictionary(text, text, { maxKeys: 4, noNullPrototype: true }),
  protected: fc.boolean(),
  temporary: fc.boolean(),
  tracked: fc.array(text, { maxLength: 2 }),
});

test("whatever is in an intent comes back from its file, and the list reads the same", async () => {
  const { bench, made } = await demo("intent");
  await fc.assert(
    fc.asyncProperty(edits, async (edit) => {
      const written = await bench.home.using("demo", { purpose: "edit" }, (held) => held.edit(edit));
      const read = await readEnvironment(bench.io.fs, made);
      expect(read.intent).toEqual(written.intent);
      const [line] = await bench.home.list();
      expect([line?.purpose, line?.protected, line?.version]).toEqual([edit.purpose, edit.protected, 1]);
    }),
    { numRuns: 60 },
  );
});

test("a variable may have any name", async () => {
  const { bench } = await demo("names");
  const variables = Object.fromEntries([
    ["__proto__", "1"],
    ["constructor", "2"],
    ["a b", "3"],
    ["", "4"],
  ]);
  await bench.home.using("demo", { purpose: "edit" }, (held) => held.edit({ variables }));
  const read = (await bench.home.open("demo")).intent.variables;
  expect(Object.entries(read).sort()).toEqual(Object.entries(variables).sort());
});

test("an edited file is believed; a broken one says where, and the list goes on", async () => {
  const { bench, base, file } = await demo("edited");
  await bench.home.create("other", bench.request(base, []));
  const original = readFileSync(file, "utf8");
  writeFileSync(
    file,
    `${original.replace("layout =", "# mine\nlayout   =")}\n[[requirement]]\ntext = 'six'   # by hand\n`,
  );
  expect((await bench.home.open("demo")).intent.requirements).toEqual([{ text: "six", source: { kind: "typed" } }]);
  expect((await bench.home.list()).map((item) => item.problem)).toEqual([undefined, undefined]);
  writeFileSync(file, `${original}\nthis is no TOML\n`);
  await expect(bench.home.open("demo")).rejects.toMatchObject({ code: "ENV_BROKEN" });
  await expect(bench.home.open("demo")).rejects.toThrow(/intent\.toml` line \d+/);
  writeFileSync(file, 'id = "nonsense"\n');
  await expect(bench.home.open("demo")).rejects.toThrow("`id` is missing");
  expect((await bench.home.list()).map((item) => item.label)).toEqual(["demo", "other"]);
  await bench.home.remove("demo");
  expect((await bench.home.list()).map((item) => item.label)).toEqual(["other"]);
});

test("a hand that resets the counters loses no version", async () => {
  const { bench, base, file } = await demo("counters");
  await bench.home.using("demo", { purpose: "change" }, async (held) => {
    await held.change(bench.request(base, [], "second"));
    await held.change(bench.request(base, [], "third"));
  });
  const intent = readFileSync(file, "utf8");
  writeFileSync(file, intent.replace(/^(generation|latest) = .*\n/gm, ""));
  const changed: Intent = (
    await bench.home.using("demo", { purpose: "change" }, (held) => held.change(bench.request(base, [], "fourth")))
  ).intent;
  expect(changed.standing).toMatchObject({ generation: 4, latest: 4 });
});
