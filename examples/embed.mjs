// How a program embeds venvoy: an environment with a package, told by events, cancellable; then a Python started in it.
//
//   npm install venvoy
//   node embed.mjs [PACKAGE]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createVenvoy, isVenvoyError } from "venvoy";

const wanted = process.argv[2] ?? "idna";
const cancel = new AbortController();
process.once("SIGINT", () => cancel.abort());

// Everything that takes time is told as events; ids tie the beginning and the end of one piece of work together.
let operations = 0;
const reporter = {
  nextOp: () => ++operations,
  emit(event) {
    if (event.type === "op:start") console.error(`${event.kind} ${event.label}`);
    if (event.type === "notice") console.error(event.text);
  },
};

// All that venvoy keeps lies below `home`; leave it out to share the environments of the command line.
const venvoy = createVenvoy({ reporter, ...(process.env.EMBED_HOME ? { home: process.env.EMBED_HOME } : {}) });

try {
  const known = await venvoy.list();
  const report = known.some(({ name }) => name === "embedded")
    ? await venvoy.add({ name: "embedded", requirements: [wanted], signal: cancel.signal })
    : await venvoy.create({ name: "embedded", requirements: [wanted], purpose: "made by embed.mjs", signal: cancel.signal });
  for (const { name, from, to } of report.changes) console.log(`${name}: ${from ?? "-"} -> ${to ?? "-"}`);

  // `run` makes everything ready and says how to start; starting is up to the caller.
  const code = `import sys, importlib.metadata as m; print(${JSON.stringify(wanted)}, m.version(${JSON.stringify(wanted)}))`;
  const plan = await venvoy.run({ name: "embedded", target: { kind: "code", code }, signal: cancel.signal });
  const [program, ...words] = plan.argv;
  const child = spawn(program, words, { env: plan.env, stdio: "inherit" });
  const [exit] = await once(child, "exit");
  process.exitCode = exit ?? 1;
} catch (error) {
  // Every failure that a person can meet has a code that never changes, one sentence, and often what to do next.
  if (!isVenvoyError(error)) throw error;
  console.error(`${error.code}: ${error.message}`);
  if (error.hint !== undefined) console.error(`hint: ${error.hint}`);
  process.exitCode = error.exit;
}
