import { hasCode, isVenvoyError } from "../base/index.ts";
import { loadSettings, type Settings } from "../config/index.ts";
import { withStage } from "../disk/index.ts";
import { type Environment, materialisedVersions } from "../env/index.ts";
import type { Ports } from "../ports/index.ts";
import { type Context, type OpenOptions, openContext } from "./context.ts";

/** Between two rounds that nothing in particular asked for. */
const roundMs = 3_600_000;

/** Of the versions before the current one, so many keep their trees: undo is a flip then. */
const keptTrees = 1;

/**
 * Starts a round of tidying behind the answer, at most one an hour: temporary environments that were unused for a day,
 * trees of older versions, what killed commands left. Costs one look at a file when none is due.
 */
export async function tidyLater(context: Context): Promise<void> {
  const mark = context.fs.path.join(context.layout.cache, "tidied");
  const last = await context.fs.info(mark);
  if (last !== undefined && context.clock.now() - last.modifiedMs < roundMs) return;
  if ((await loadSettings(context, { layout: context.layout })).tidy === "never") return;
  try {
    await context.fs.makeDir(context.layout.cache);
    await context.fs.write(mark, "");
    await context.fs.setTimes(mark, context.clock.now());
  } catch (error) {
    if (hasCode(error, "EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT")) return;
    throw error;
  }
  start(context);
}

/** After a change: a round of its own when the environment has more trees than are kept. */
export async function tidyAfter(
  context: Context,
  environment: Pick<Environment, "dir">,
  when: Settings["tidy"],
): Promise<void> {
  if (when === "never") return;
  const trees = await materialisedVersions(context.fs, environment);
  if (trees.length > keptTrees + 1) start(context);
}

function start({ proc, system }: Context): void {
  proc.startDetached({ argv: [...system.self, "internal", "tidy"], env: system.env });
}

/** The round itself. Locks are held only while trees are moved out of the way, never while they are removed. */
export async function tidy(ports: Ports, options: OpenOptions): Promise<void> {
  const context = openContext(ports, options);
  const { fs, layout, home } = context;
  await home.sweep();
  for (const summary of await home.list()) {
    if ((await materialisedVersions(fs, summary)).length <= keptTrees + 1) continue;
    await withStage(context, layout.stage, `old-${summary.id}`, async (into) => {
      try {
        await home.using(summary, { purpose: `tidy up ${summary.label}` }, (held) =>
          held.collect({ keep: keptTrees, into }),
        );
      } catch (error) {
        // Deleted meanwhile, or broken: `list` and `doctor` say so; nobody waits for this answer.
        if (!isVenvoyError(error)) throw error;
      }
    });
  }
}
