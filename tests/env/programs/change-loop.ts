/**
 * Changes environments of one home without end, until it is killed. Arguments: the home, a seed, the environment.
 * Every step goes through the front door; which one comes next is decided by the seed.
 */
import { absPath, isVenvoyError } from "../../../src/base/index.ts";
import type { Artifact } from "../../../src/store/index.ts";
import { anyPython, workbench } from "../workbench.ts";
import { demoVersions, demoWheel } from "./demo-wheel.ts";

const [home = "", seedText = "1", name = "demo"] = process.argv.slice(2);
const bench = workbench(absPath(home));
const base = await bench.base(await anyPython(bench));
const artifacts: Artifact[] = [];
for (const version of demoVersions) artifacts.push(await bench.artifact("demo", version, demoWheel(version)));

let state = Number(seedText) >>> 0;
function random(below: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

function pick(): { readonly artifact: Artifact; readonly text: string } {
  const artifact = artifacts[random(artifacts.length)] as Artifact;
  return { artifact, text: `demo==${artifact.version}` };
}

async function step(): Promise<void> {
  const { artifact, text } = pick();
  const layout = name.includes("plain") ? ("plain" as const) : ("venv" as const);
  const wanted = { layout, requirements: [{ text, source: { kind: "typed" as const } }] };
  const request = bench.request(base, [artifact], text, wanted);
  const found = await bench.home.find(name);
  if (found === undefined) {
    const deleted = (await bench.home.deleted()).some((item) =>
      name.startsWith(".") ? item.directory !== undefined : item.name === name,
    );
    if (deleted && (layout === "plain" || random(2) === 0)) await bench.home.restore(name);
    else await bench.home.create(name, request);
    return;
  }
  const action = random(12);
  if (action === 0) {
    await bench.home.remove(name, { force: true });
    return;
  }
  if (action > 9 && found.kind === "central") {
    const to = found.name === name ? `${name}-renamed` : name;
    // A kill left one under the other name: that one has it.
    await bench.home.rename(found, { to }).catch((error: unknown) => {
      if (!isVenvoyError(error, "ENV_EXISTS")) throw error;
    });
    return;
  }
  await bench.home.using(name, { purpose: "change" }, async (held) => {
    if (action < 6) await held.change(request);
    else if (action < 7) await held.edit({ variables: { A: text } });
    else if (action < 8) await held.collect({ keep: 1 });
    else {
      const numbers = (await held.versions()).map((record) => record.number);
      const number = numbers[random(numbers.length)] ?? 1;
      await held.goTo({
        number,
        build: async ({ lock }) => {
          const used = artifacts.filter((item) => lock.packages.some((one) => one.wheel.sha256 === item.sha256));
          return { base, lock, artifacts: used };
        },
      });
    }
  });
}

process.stdout.write("ready\n");
for (;;) await step();
