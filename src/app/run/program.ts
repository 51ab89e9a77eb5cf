import { type AbsPath, hasCode, nearest, printable, typedWord, VenvoyError } from "../../base/index.ts";
import type { Context } from "../context.ts";
import type { RunPlan } from "../outcomes.ts";
import { checkIsProgram } from "./not-programs.ts";

/**
 * Makes sure that a command exists before the terminal is given away. A name without a separator is looked for in the
 * environment first, then on PATH, as the system will do. Throws `PROGRAM_NOT_STARTED` with near names.
 */
export async function checkProgram(
  context: Context,
  program: string,
  {
    bin,
    path,
    label,
    isOurs,
  }: {
    readonly bin: AbsPath;
    readonly path: string;
    readonly label: string;
    /** Packages can be added to it. */
    readonly isOurs: boolean;
  },
): Promise<void> {
  const { fs, system } = context;
  if (program.includes("/") || program.includes(fs.path.separator)) return;
  const endings = system.os === "windows" ? ["", ".exe", ".bat", ".cmd"] : [""];
  const places = [bin, ...path.split(system.os === "windows" ? ";" : ":").filter((entry) => entry !== "")];
  for (const place of places) {
    for (const ending of endings) {
      const file = fs.path.join(fs.path.resolve(system.cwd, place), `${program}${ending}`);
      if ((await fs.info(file).catch(() => undefined))?.kind === "file") return;
    }
  }
  checkIsProgram(program, program);
  throw new VenvoyError("PROGRAM_NOT_STARTED", `\`${printable(program)}\` is no program of \`${label}\`, nor on PATH`, {
    ...(await hintFor(context, program, { bin, label, isOurs })),
    data: { program, environment: label },
  });
}

async function hintFor(
  context: Context,
  program: string,
  { bin, label, isOurs }: { readonly bin: AbsPath; readonly label: string; readonly isOurs: boolean },
): Promise<{ readonly hint?: string }> {
  const { fs, system } = context;
  if ((await fs.info(fs.path.resolve(system.cwd, program)))?.kind === "file")
    return { hint: `venvoy run ${typedWord(`./${program}`)}` };
  const programs = ((await fs.list(bin)) ?? []).map(({ name }) => name);
  const near = nearest(program, programs, { limit: 1 })[0];
  if (near !== undefined) return { hint: `did you mean \`${near}\`?` };
  return isOurs ? { hint: `venvoy add -n ${typedWord(label)} PACKAGE brings the program, where PACKAGE has it` } : {};
}

/** The sentence for a program that the system refuses to start; anything else stays as it is. */
export function startFailure(plan: RunPlan, error: unknown): unknown {
  const program = printable(plan.argv[0], { newlines: false });
  const why = hasCode(error, "ENOENT", "ENOTDIR")
    ? "there is no such program"
    : hasCode(error, "EACCES", "EPERM")
      ? "it is not executable"
      : hasCode(error, "ENOEXEC")
        ? "it is not a program of this system"
        : hasCode(error, "E2BIG")
          ? "its arguments and variables are too long together"
          : undefined;
  if (why === undefined) return error;
  return new VenvoyError("PROGRAM_NOT_STARTED", `\`${program}\` can't be started: ${why}`, {
    data: { program: plan.argv[0] },
    cause: error,
  });
}
