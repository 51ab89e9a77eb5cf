import { parseIni } from "../codec/index.ts";
import { checkArchivePath } from "../disk/index.ts";
import { wheelInvalid } from "./errors.ts";

/** A program that a package declares: `name` in the scripts directory calls `attribute` of `module`. */
export interface EntryPoint {
  readonly name: string;
  readonly kind: "console" | "gui";
  readonly module: string;
  /** Dotted where it lies inside a class. */
  readonly attribute: string;
}

const groups = { console_scripts: "console", gui_scripts: "gui" } as const;
/** `module:attribute [extras]`; extras have had no meaning for years and are left out. */
const reference =
  /^(?<module>[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*)\s*:\s*(?<attribute>[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*)\s*(?:\[[^\]]*\])?$/u;

/** Reads the scripts in `entry_points.txt`. Everything in it ends up in a program, so nothing is let through unread. */
export function parseEntryPoints(text: string, filename: string): EntryPoint[] {
  const sections = readSections(text, filename);
  const found: EntryPoint[] = [];
  for (const [group, kind] of Object.entries(groups)) {
    for (const [name, value] of sections.get(group) ?? []) {
      checkScriptName(name, filename);
      const { module, attribute } = reference.exec(value)?.groups ?? {};
      if (module === undefined || attribute === undefined) {
        throw wheelInvalid(filename, `declares a program \`${name}\` that isn't \`module:function\``);
      }
      found.push({ name, kind, module, attribute });
    }
  }
  return found;
}

function readSections(text: string, filename: string): ReturnType<typeof parseIni> {
  try {
    return parseIni(text, { label: "entry_points.txt", delimiters: ["="], keepCase: true, allowDuplicates: true });
  } catch (cause) {
    throw wheelInvalid(filename, "has an entry_points.txt that can't be read", cause);
  }
}

/** Names that belong to the environment itself: its interpreter and its activation. */
const ownPrograms = /^(?:(?:python|pypy|pyvenv)[0-9.]*[tdwm]*|activate|activate_this|deactivate|pydoc)$/;

/** True for the name of a program that a package must not replace (`python3.exe`, `Activate.ps1`). */
export function isOwnProgram(name: string): boolean {
  const bare = name
    .toLowerCase()
    .replace(/[. ]+$/, "")
    .replace(/\.(?:exe|bat|cmd|com|ps1|sh|csh|fish|nu|xsh|py|pyw)$/, "")
    .replace(/-script$/, "");
  return ownPrograms.test(bare);
}

/** A script is one name inside the scripts directory, on every platform. */
function checkScriptName(name: string, filename: string): void {
  const refuse = (why: string) => wheelInvalid(filename, `declares a program \`${name}\` that ${why}`);
  if (name.includes("/") || name.includes("\\")) throw refuse("leaves the scripts directory");
  try {
    checkArchivePath(name, { windows: true });
  } catch (cause) {
    throw wheelInvalid(filename, `declares a program \`${name}\` whose name can't be used`, cause);
  }
  if (isOwnProgram(name)) throw refuse("would replace one of the environment's own");
}
