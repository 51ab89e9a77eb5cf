import type { Sha256 } from "../base/index.ts";
import {
  type Environment,
  generationDir,
  listScriptEnvironments,
  type Receipt,
  readReceipt,
  type ScriptEnvironment,
} from "../env/index.ts";
import type { Context } from "./context.ts";

/** Which stored packages each tree on this machine uses. */
export interface References {
  readonly environments: readonly { readonly environment: Environment; readonly receipts: readonly Receipt[] }[];
  readonly scripts: readonly ScriptEnvironment[];
}

/** Reads the receipts of all trees that are on the disk: current versions, older ones, script environments. */
export async function readReferences(context: Context): Promise<References> {
  const environments: { environment: Environment; receipts: Receipt[] }[] = [];
  for (const one of await context.home.list()) {
    if (one.problem !== undefined && one.version === undefined) continue;
    const environment = await context.home.find(one.root).catch(() => undefined);
    if (environment === undefined) continue;
    environments.push({ environment, receipts: await receiptsOf(context, environment) });
  }
  return { environments, scripts: await listScriptEnvironments(context, context.env) };
}

async function receiptsOf(context: Context, environment: Environment): Promise<Receipt[]> {
  const { fs } = context;
  const receipts: Receipt[] = [];
  for (const { name } of (await fs.list(fs.path.join(environment.dir, "generations"))) ?? []) {
    const receipt = await readReceipt(fs, generationDir(fs, environment, Number(name)));
    if (receipt !== undefined) receipts.push(receipt);
  }
  return receipts;
}

/** Every stored package that some tree uses. */
export function referenced({ environments, scripts }: References): ReadonlySet<Sha256> {
  const all = [...environments.flatMap(({ receipts }) => receipts), ...scripts.map(({ receipt }) => receipt)];
  return new Set(all.flatMap((receipt) => receipt.packages.map((item) => item.sha256)));
}
