import type { AbsPath } from "../../base/index.ts";
import type { Ports } from "../../ports/index.ts";
import type { VenvLayout } from "../../python/index.ts";
import { activateBat, deactivateBat } from "./cmd.ts";
import { activateCsh } from "./csh.ts";
import { activateFish } from "./fish.ts";
import { activatePosix } from "./posix-shell.ts";
import { activatePowershell } from "./powershell.ts";

const unixScripts = [
  ["activate", activatePosix],
  ["activate.fish", activateFish],
  ["activate.csh", activateCsh],
  ["Activate.ps1", activatePowershell],
] as const;

const windowsScripts = [
  ["activate.bat", activateBat],
  ["deactivate.bat", deactivateBat],
  ["Activate.ps1", activatePowershell],
] as const;

/** Puts the scripts that activate a tree where every tool looks for them. Their text is the same in every tree. */
export async function writeActivation(
  io: Pick<Ports, "fs">,
  bin: AbsPath,
  shape: Pick<VenvLayout, "copiesLaunchers">,
): Promise<void> {
  for (const [name, text] of shape.copiesLaunchers ? windowsScripts : unixScripts) {
    await io.fs.write(io.fs.path.join(bin, name), text);
  }
}
