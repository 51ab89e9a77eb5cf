import type { Base } from "../python/index.ts";
import type { Artifact } from "../store/index.ts";
import { compileArtifacts } from "../wheel/index.ts";
import type { Context } from "./context.ts";

/**
 * Bytecode belongs to the store, once per artifact and Python version. `later` starts it behind the answer, with low
 * priority; a cold install never waits for it.
 */
export async function compileLater(
  context: Context,
  artifacts: readonly Artifact[],
  base: Base,
  when: "now" | "later" | "never" = "later",
): Promise<void> {
  if (when === "never") return;
  const missing = artifacts.filter((artifact) => !context.store.isCompiled(artifact, base.interpreter.version));
  if (missing.length === 0) return;
  if (when === "now") return compileArtifacts(context, missing, base.interpreter);
  const { system, proc } = context;
  proc.startDetached({
    argv: [
      ...system.self,
      "internal",
      "compile",
      base.interpreter.executable,
      ...missing.map((artifact) => artifact.sha256),
    ],
    env: system.env,
  });
}
