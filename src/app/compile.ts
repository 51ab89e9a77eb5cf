import type { AbsPath } from "../base/index.ts";
import { type Receipt, readReceipt } from "../env/index.ts";
import type { LinkMode } from "../ports/index.ts";
import type { Base, Interpreter } from "../python/index.ts";
import type { Artifact } from "../store/index.ts";
import { compileArtifacts, linkBytecode } from "../wheel/index.ts";
import type { Context } from "./context.ts";

export type CompileTime = "now" | "later" | "never";

export interface CompileRequest {
  readonly artifacts: readonly Artifact[];
  readonly base: Base;
  readonly when: CompileTime | undefined;
  /** The tree that was just made, when its bytecode is linked file by file. */
  readonly tree?: AbsPath;
}

/** From so many files on, linking bytecode takes longer than starting a process that does it behind the answer. */
const manyFiles = 1_500;

/** When a new tree gets the bytecode that the store has already. */
export function bytecodeTime(artifacts: readonly Artifact[], when: CompileTime | undefined): "along" | "later" {
  const files = artifacts.reduce((sum, artifact) => sum + artifact.fileCount, 0);
  return (when ?? "later") === "later" && files >= manyFiles ? "later" : "along";
}

/**
 * Bytecode belongs to the store, once per artifact and Python version, and is linked into trees from there. `later` does
 * both behind the answer, with low priority: no answer waits for it.
 */
export async function compileLater(
  context: Context,
  { artifacts, base, when = "later", tree }: CompileRequest,
): Promise<void> {
  if (when === "never") return;
  // It came with its bytecode, in a form that fits wherever the tree goes.
  if (tree !== undefined && (await readReceipt(context.fs, tree))?.layout === "standalone") return;
  const missing = artifacts.filter((artifact) => !context.store.isCompiled(artifact, base.interpreter.version));
  const isWhole = tree === undefined || bytecodeTime(artifacts, when) === "along";
  if (missing.length === 0 && isWhole) return;
  if (when === "now") return compileNow(context, { missing, interpreter: base.interpreter, tree });
  const { system, proc } = context;
  const digests = missing.map((artifact) => artifact.sha256);
  proc.startDetached({
    argv: [...system.self, "internal", "compile", base.interpreter.executable, tree ?? "-", ...digests],
    env: system.env,
  });
}

/** Compiles artifacts, and links their bytecode and what else the store has into the tree. */
export async function compileNow(
  context: Context,
  { missing, interpreter, tree }: { missing: readonly Artifact[]; interpreter: Interpreter; tree: AbsPath | undefined },
): Promise<void> {
  const receipt = tree === undefined ? undefined : await readReceipt(context.fs, tree);
  const link = async (): Promise<void> => {
    if (tree !== undefined && receipt !== undefined) await linkInto(context, tree, receipt);
  };
  // First what is there already: it is what the person who waits for the first import needs.
  await link();
  if (missing.length === 0) return;
  await compileArtifacts(context, missing, interpreter);
  await link();
}

async function linkInto({ fs, store }: Context, tree: AbsPath, receipt: Receipt): Promise<void> {
  const found = await Promise.all(receipt.packages.map(({ sha256 }) => store.find(sha256)));
  await linkBytecode(
    { fs },
    found.filter((artifact) => artifact !== undefined),
    {
      sitePackages: fs.path.join(tree, ...receipt.sitePackages.split("/")),
      pythonVersion: receipt.base.version,
      mode: receipt.linkMode as LinkMode,
    },
  );
}
