import type { AbsPath } from "../../base/index.ts";
import { type Context, shownPath } from "../context.ts";

/** A file that says what the scripts around it need. */
export interface Project {
  readonly file: AbsPath;
  readonly shown: string;
}

const names = ["pyproject.toml", "requirements.txt"];

/** The nearest project file beside a script or above it; without a script, from the working directory up. */
export async function findProject(context: Context, script: AbsPath | undefined): Promise<Project | undefined> {
  const { fs, system } = context;
  let directory = script === undefined ? system.cwd : fs.path.directory(script);
  for (;;) {
    for (const name of names) {
      const file = fs.path.join(directory, name);
      if ((await fs.info(file))?.kind === "file") return { file, shown: shownPath(context, file) };
    }
    const above = fs.path.directory(directory);
    if (above === directory) return undefined;
    directory = above;
  }
}
