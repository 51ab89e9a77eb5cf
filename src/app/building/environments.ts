import type { AbsPath } from "../../base/index.ts";
import type { BuildEnvironments } from "../../build/index.ts";
import { ensureScriptEnvironment } from "../../env/index.ts";
import { parseRequirement, type Requirement } from "../../pep/index.ts";
import { ensureBase } from "../../python/index.ts";
import type { Context } from "../context.ts";
import { untilItRuns } from "../host-truth.ts";
import { obtain } from "../obtain.ts";
import { solve } from "../solve.ts";
import type { BuildWay } from "./source.ts";

/**
 * Environments that builds run in: resolved and made like a script's own, so that two builds with the same needs share
 * one and a second build costs no install at all.
 */
export function buildEnvironments(context: Context, way: BuildWay, signal: AbortSignal): BuildEnvironments {
  const { interpreter, choices, within } = way;
  const { fs } = context;
  return {
    needed: [context.layout.data, context.layout.cache, interpreter.prefix],
    withRequirements: async (requirements, label) => {
      // A build runs here, whatever its wheel is for.
      const { python: _python, refresh: _refresh, forHost: _forHost, ...rest } = choices;
      const { artifacts, lock } = await untilItRuns(async (truth) => {
        const solved = await solve(context, interpreter, {
          truth,
          asked: requirements.map((text) => ({
            requirement: requirementOf(text),
            origin: { kind: "build", of: label, text },
          })),
          choices: {
            ...rest,
            constraintFiles: choices.buildConstraintFiles ?? [],
            overrideFiles: [],
            resolution: "highest",
          },
          within,
          signal,
        });
        return obtain(context, solved.lock, solved.source, { judge: solved.judge, signal });
      });
      const base = await ensureBase(context, context.layout, interpreter);
      const made = await ensureScriptEnvironment(context, context.env, { lock, artifacts, base, signal });
      return pythonIn(context, made.root);
    },
  };

  function pythonIn({ system }: Context, root: AbsPath): AbsPath {
    return system.os === "windows" ? fs.path.join(root, "Scripts", "python.exe") : fs.path.join(root, "bin", "python");
  }
}

/** Old sources write `setuptools (>=40)` and the like, which the standard still allows. */
function requirementOf(text: string): Requirement {
  return parseRequirement(text.trim());
}
