import type { AbsPath } from "../base/index.ts";
import type { Ports } from "../ports/index.ts";
import type { VenvLayout } from "../python/index.ts";
import { activationScripts } from "../shell/index.ts";

/** Puts the scripts that activate a tree where every tool looks for them. Their text is the same in every tree. */
export async function writeActivation(
  io: Pick<Ports, "fs">,
  bin: AbsPath,
  shape: Pick<VenvLayout, "copiesLaunchers">,
): Promise<void> {
  for (const { name, text } of activationScripts(shape.copiesLaunchers ? "windows" : "posix")) {
    await io.fs.write(io.fs.path.join(bin, name), text);
  }
}
