import { canConfine } from "../../build/index.ts";
import { isUnbuilt, type Lock } from "../../resolve/index.ts";
import type { Context } from "../context.ts";
import type { ResolveChoices } from "../requests.ts";
import type { BuildingSource } from "./source.ts";

/** What a plan says of packages that will be built: which, and what their builds may reach. */
export async function buildNotes(
  context: Context,
  { lock, source }: { readonly lock: Lock; readonly source: BuildingSource },
  { buildNetwork = false }: Pick<ResolveChoices, "buildNetwork">,
): Promise<readonly string[]> {
  const fresh: string[] = [];
  for (const item of lock.packages) {
    if (isUnbuilt(item) && (await source.builtBefore(item)) === undefined) fresh.push(`${item.name} ${item.version}`);
  }
  if (fresh.length === 0) return [];
  const reach = buildNetwork
    ? "with the network, as asked"
    : (await canConfine(context))
      ? "without the network and your files"
      : "with the network and your files, which this system can't keep from them";
  return [`builds from source: ${fresh.join(", ")}; ${reach}`];
}
