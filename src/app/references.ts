import { type Environment, generationDir, type Receipt, readReceipt } from "../env/index.ts";
import type { Context } from "./context.ts";

/** Which stored packages each tree on this machine uses. */
export interface References {
  readonly environments: readonly { readonly environment: Environment; readonly receipts: readonly Receipt[] }[];
}

/** Reads the receipts of all environments' trees that are on the disk: current versions and older ones. */
export async function readReferences(context: Context): Promise<References> {
  const environments: { environment: Environment; receipts: Receipt[] }[] = [];
  for (const one of await context.home.list()) {
    if (one.problem !== undefined && one.version === undefined) continue;
    const environment = await context.home.find(one.root).catch(() => undefined);
    if (environment === undefined) continue;
    environments.push({ environment, receipts: await receiptsOf(context, environment) });
  }
  return { environments };
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
