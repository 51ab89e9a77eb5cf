import type { AbsPath } from "../../base/index.ts";
import type { Context } from "../context.ts";

const shownNames = 5;

/**
 * PYTHONPATH comes before the environment's packages. It is kept, because people set it on purpose; one sentence says
 * what it hides.
 */
export async function shadowNotes(
  context: Context,
  pythonPath: string | undefined,
  sitePackages: AbsPath | undefined,
): Promise<readonly string[]> {
  if (pythonPath === undefined || pythonPath === "" || sitePackages === undefined) return [];
  const { fs, system } = context;
  const installed = new Set(
    ((await fs.list(sitePackages)) ?? []).map(({ name }) => moduleOf(name)).filter((name) => name !== undefined),
  );
  const notes: string[] = [];
  for (const entry of pythonPath.split(system.os === "windows" ? ";" : ":")) {
    if (entry === "") continue;
    const here = ((await fs.list(fs.path.resolve(system.cwd, entry))) ?? []).map(({ name }) => moduleOf(name));
    const hidden = [...new Set(here)].filter((name) => name !== undefined && installed.has(name)).sort();
    if (hidden.length === 0) continue;
    const more = hidden.length > shownNames ? ` and ${hidden.length - shownNames} more` : "";
    notes.push(
      `PYTHONPATH hides packages of the environment: ${entry} has ${hidden.slice(0, shownNames).join(", ")}${more} (--isolated leaves it out)`,
    );
  }
  return notes;
}

/** The name that an entry of a search path is imported by. */
function moduleOf(entry: string): string | undefined {
  const match = /^([^\W\d]\w*)(?:\.py|\.pyc|\.so|\.pyd|\..+\.so|\..+\.pyd)?$/u.exec(entry);
  return match?.[1] === "__pycache__" ? undefined : match?.[1];
}
