import type { ExtraFile } from "../env/index.ts";
import { crashHintFiles } from "../script/index.ts";
import type { Context } from "./context.ts";
import { sharedPath, type TreePlace } from "./shared-packages.ts";

/** Files of higher rooms in every tree: the hook that asks for a line after a crash, the way to the shared packages. */
export function extraFiles(context: Context, place: TreePlace): readonly ExtraFile[] {
  return [...crashHintFiles, ...sharedPath(context, place)];
}

/** The place of an environment with versions. */
export function placeOf(environment: { readonly kind: "central" | "directory" }): TreePlace {
  return environment.kind === "central" ? "named" : "directory";
}
