import type { ExtraFile } from "../env/index.ts";
import { crashHintFiles } from "../script/index.ts";
import type { Context } from "./context.ts";

/** Files of higher rooms in every tree: the hook that asks for one helpful line after a crash. */
export function extraFiles(_context: Context): readonly ExtraFile[] {
  return crashHintFiles;
}
