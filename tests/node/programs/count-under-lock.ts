import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { absPath } from "../../../src/base/index.ts";
import { nodeFs } from "../../../src/node/index.ts";

/** Counts up `rounds` times in `directory`, each time under the lock; says `held` on standard output while it holds it. */
const [directory = "", rounds = "0"] = process.argv.slice(2);
const fs = nodeFs();
for (let round = 0; round < Number(rounds); round++) {
  await using _lock = await fs.lock(absPath(`${directory}/lock`), { purpose: `round ${round}` });
  process.stdout.write("held\n");
  const value = Number(readFileSync(`${directory}/counter`, "utf8")) + 1;
  writeFileSync(`${directory}/counter.${process.pid}`, String(value));
  // Long enough for another to come between, were it let in.
  const untilMs = performance.now() + Math.random() * 2;
  while (performance.now() < untilMs);
  renameSync(`${directory}/counter.${process.pid}`, `${directory}/counter`);
  appendFileSync(`${directory}/log`, `${value}\n`);
}
