import type { AbsPath } from "../../base/index.ts";
import { hiddenByPythonPath } from "../../doctor/index.ts";
import type { Context } from "../context.ts";

/**
 * PYTHONPATH comes before the environment's packages. It is kept, because people set it on purpose; one sentence says
 * what it hides.
 */
export async function shadowNotes(
  context: Context,
  pythonPath: string | undefined,
  sitePackages: AbsPath | undefined,
): Promise<readonly string[]> {
  const hidden = await hiddenByPythonPath(context, pythonPath, sitePackages);
  return hidden.map(
    ({ entry, names, more }) =>
      `PYTHONPATH hides packages of the environment: ${entry} has ${names.join(", ")}${more} (--isolated leaves it out)`,
  );
}
