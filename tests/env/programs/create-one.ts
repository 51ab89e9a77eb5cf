/** Creates one environment with one package, from a store that others fill at the same time. Arguments: home, name. */
import { absPath } from "../../../src/base/index.ts";
import { anyPython, workbench } from "../workbench.ts";
import { demoWheel } from "./demo-wheel.ts";

const [home = "", name = ""] = process.argv.slice(2);
const bench = workbench(absPath(home));
const base = await bench.base(await anyPython(bench));
const artifact = await bench.artifact("demo", "1.0", demoWheel("1.0"));
const made = await bench.home.create(name, bench.request(base, [artifact]));
process.stdout.write(`${made.id}\n`);
