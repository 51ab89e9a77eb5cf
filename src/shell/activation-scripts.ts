import { activateBat, deactivateBat } from "./cmd/activate.ts";
import { activateCsh } from "./csh/activate.ts";
import { activateFish } from "./fish/activate.ts";
import { activateNu } from "./nu/activate.ts";
import { activatePosix } from "./posix/activate.ts";
import { activatePowershell } from "./powershell/activate.ts";

export interface ActivationScript {
  readonly name: string;
  readonly text: string;
}

/** The scripts of a tree's `bin` or `Scripts`, under the names that `venv` and `virtualenv` give them. */
export function activationScripts(system: "posix" | "windows"): readonly ActivationScript[] {
  const everywhere = [
    { name: "Activate.ps1", text: activatePowershell },
    { name: "activate.nu", text: activateNu },
  ];
  if (system === "windows")
    return [
      { name: "activate.bat", text: activateBat },
      { name: "deactivate.bat", text: deactivateBat },
      ...everywhere,
    ];
  return [
    { name: "activate", text: activatePosix },
    { name: "activate.fish", text: activateFish },
    { name: "activate.csh", text: activateCsh },
    ...everywhere,
  ];
}
