/** Real `appose` from the registry as the client of `venvoy host worker`. */
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { binary, person, repository } from "../kit/binary.ts";
import { snippets } from "../kit/snippets.ts";

const client = join(repository, "tests", "e2e", "appose-client.py");
const shared = (): readonly string[] => readdirSync("/dev/shm").filter((name) => name.startsWith("psm_"));

test("a program that speaks Appose gets results, progress, arrays, failures and cancelling from an environment without Appose", async () => {
  using ann = person();
  const before = shared();
  expect((await ann.venvoy("create", "client", "appose", "numpy")).exit).toBe(0);
  expect((await ann.venvoy("create", "imaging", "numpy")).exit).toBe(0);
  const said = await ann.venvoy("run", "-n", "client", client, binary, "host", "worker", "-n", "imaging");
  expect(said.err).toBe("");
  expect(JSON.parse(said.out)).toEqual({
    result: 42,
    outputs: { a: 2, b: [1, 2] },
    events: [
      ["LAUNCH", null],
      ["UPDATE", 0],
      ["UPDATE", 1],
      ["UPDATE", 2],
      ["COMPLETION", null],
    ],
    sum: 30,
    shared: 30,
    made: [7, 7, 7, 7],
    failure: true,
    cancelled: "CANCELED",
    exported: 4,
    proxy: "abc",
    exits: true,
    invalid: [],
    exit: 0,
    errors: ["on stdout"],
  });
  expect(shared()).toEqual(before);
});

test("the worker serves an environment that has Appose itself, and one that a script's header asks for", async () => {
  using ann = person();
  expect((await ann.venvoy("create", "client", "appose", "numpy")).exit).toBe(0);
  const own = await ann.venvoy("run", "-n", "client", client, binary, "host", "worker", "-n", "client");
  expect(JSON.parse(own.out)).toMatchObject({ sum: 30, made: [7, 7, 7, 7], proxy: "abc", exit: 0 });
  writeFileSync(join(ann.home, "segment.py"), '# /// script\n# dependencies = ["numpy<2"]\n# ///\n');
  const script = await ann.venvoy("run", "-n", "client", client, binary, "host", "worker", "segment.py");
  expect(JSON.parse(script.out)).toMatchObject({ sum: 30, made: [7, 7, 7, 7], exit: 0 });
});

test("the snippet of docs/hosts.md", async () => {
  using ann = person();
  const bin = join(ann.home, "bin");
  mkdirSync(bin);
  symlinkSync(binary, join(bin, "venvoy"));
  writeFileSync(join(ann.home, "old.py"), "# r: idna==3.6\n");
  const snippet = snippets("docs/hosts.md").find(({ section }) => section === "The Appose worker");
  writeFileSync(join(ann.home, "program.py"), snippet?.text ?? "");
  const said = await ann.run(binary, ["run", "program.py"], { env: { PATH: `${bin}:${ann.env["PATH"]}` } });
  expect(said).toMatchObject({ exit: 0, out: "['3.6', 42]\n" });
});
