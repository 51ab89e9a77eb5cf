/** Pulls once, or from one release to the other for ever, until it is killed. Words: home, share, name, `once` or a seed. */
import { openVenvoy } from "../../../../src/app/index.ts";
import { isVenvoyError } from "../../../../src/base/index.ts";
import { nodePorts } from "../../../../src/node/index.ts";
import { silentReporter } from "../../../../src/ports/index.ts";

const [home = "", share = "", name = "", mode = ""] = process.argv.slice(2);
const ports = nodePorts();
const env = { ...ports.system.env, HOME: home, VENVOY_HOME: `${home}/venvoy`, VENVOY_TIDY: "never" };
const venvoy = openVenvoy(
  { ...ports, system: { ...ports.system, env } },
  { offline: false, reporter: silentReporter() },
);

console.log("ready");
if (mode === "once") {
  try {
    const { environments } = await venvoy.pull({ source: share, name });
    console.log(JSON.stringify(environments[0]));
  } catch (error) {
    console.log(JSON.stringify({ state: isVenvoyError(error) ? error.code : String(error) }));
  }
} else {
  for (let round = Number(mode); ; round++) await venvoy.pull({ source: share, name, release: (round % 2) + 1 });
}
