import { VenvoyError } from "../../base/index.ts";
import { markUse, readReceipt } from "../../env/index.ts";
import { launchEnvironment } from "../../launch/index.ts";
import type { Ports, StartRequest } from "../../ports/index.ts";
import { baseOfEnvironment } from "../bases.ts";
import { type OpenOptions, openContext } from "../context.ts";
import { pythonOf } from "../which/look.ts";

/**
 * How a kernel is started that was written for the environment with this id: in its current version, where it then
 * stays, with its variables, and noted as use. Throws `ENV_UNKNOWN`, `PYTHON_GONE`.
 */
export async function startKernel(
  ports: Ports,
  options: OpenOptions,
  id: string,
  words: readonly string[],
): Promise<StartRequest> {
  const context = openContext(ports, options);
  const { fs, system } = context;
  const environment = await context.home.byId(id);
  if (environment === undefined) {
    const deleted = (await context.home.deleted()).find((one) => one.id === id);
    throw new VenvoyError("ENV_UNKNOWN", "The environment of this kernel is gone", {
      hint: deleted === undefined ? "venvoy kernel --list" : `venvoy restore ${deleted.name}`,
      data: { id },
    });
  }
  const { root: tree, number } = environment.current;
  const python = await pythonOf(context, tree);
  if ((await fs.info(python)) === undefined) await baseOfEnvironment(context, environment);
  await context.home.noteUse(environment, system.cwd);
  await markUse(context, environment, number, system.pid);
  const receipt = await readReceipt(fs, tree);
  const bin = fs.path.join(tree, ...(receipt?.bin ?? (system.os === "windows" ? "Scripts" : "bin")).split("/"));
  return {
    argv: [python, "-m", "ipykernel_launcher", ...words],
    env: launchEnvironment(system.env, {
      environment: environment.root,
      bin,
      set: environment.intent.variables,
      pathSeparator: system.os === "windows" ? ";" : ":",
    }),
  };
}
