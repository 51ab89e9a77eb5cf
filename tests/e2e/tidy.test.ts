/** Behind an answer of the built binary: what goes by itself, and that nobody waits for it. */
import { readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Person, person } from "../kit/binary.ts";

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; waited < 120_000 && !holds(); waited += 100)
    await new Promise((resolve) => setTimeout(resolve, 100));
}

function treesOf(owner: Person, name: string): readonly string[] {
  const envs = join(owner.home, "venvoy", "envs");
  const dir = readdirSync(envs).find((entry) => entry.startsWith(`${name}-`)) ?? "";
  const entries = readdirSync(join(envs, dir, "generations"), { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}

test("old trees go after a change, and a temporary environment after a day, without being asked", {
  timeout: 600_000,
}, async () => {
  using ann = person({ VENVOY_TIDY: "later" });
  const envs = join(ann.home, "venvoy", "envs");
  await ann.venvoy("create", "brief", "--temporary");
  await ann.venvoy("create", "demo");
  for (const name of ["idna", "attrs", "six"]) await ann.venvoy("add", "-n", "demo", name);
  await until(() => treesOf(ann, "demo").length === 2);
  expect(treesOf(ann, "demo")).toEqual(["3", "4"]);
  expect((await ann.venvoy("undo", "1", "-n", "demo")).exit).toBe(0);

  const dir = readdirSync(envs).find((entry) => entry.startsWith("brief-")) ?? "";
  const then = new Date(Date.now() - 25 * 3_600_000);
  utimesSync(join(envs, dir, "used"), then, then);
  // A round an hour is enough; as if the last one was before that.
  utimesSync(join(ann.home, "venvoy", "cache", "tidied"), then, then);
  expect((await ann.venvoy("list")).out).toContain("brief");
  await until(() => !readdirSync(envs).includes(dir));
  expect((await ann.venvoy("list", "--deleted")).out).toContain("brief");
  // Nothing of venvoy's runs on while the test's home is removed.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
});
