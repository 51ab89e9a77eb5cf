/** Adds requirements to one environment, one version each, while others do the same, and says at once for whom it waits. Arguments: home, label, count. */
import { absPath } from "../../../src/base/index.ts";
import { anyPython, workbench } from "../workbench.ts";

const [home = "", label = "", count = "1"] = process.argv.slice(2);
const bench = workbench(absPath(home));
const base = await bench.base(await anyPython(bench));
bench.reporter.emit = (event) => {
  if (event.type === "op:start" && event.kind === "wait") process.stdout.write(`${event.label}\n`);
};
for (let index = 0; index < Number(count); index++) {
  await bench.home.using("demo", { purpose: `add ${label}${index}` }, async (held) => {
    const { requirements } = held.environment.intent;
    const added = { text: `${label}${index}`, source: { kind: "typed" as const } };
    await held.change(bench.request(base, [], `add ${added.text}`, { requirements: [...requirements, added] }));
  });
}
