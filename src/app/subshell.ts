import { launchEnvironment } from "../launch/index.ts";
import { shellOf, subshellStart } from "../shell/index.ts";
import { type ActivateRequest, activate, binName } from "./activate.ts";
import type { Context } from "./context.ts";
import { shellDir, writeHooks } from "./hooks.ts";
import type { RunPlan } from "./outcomes.ts";

export interface SubshellRequest extends ActivateRequest {
  /** The program; else the person's own shell. */
  readonly shell?: string;
  /** A person sits before it; else it reads commands from a file or pipe, and nobody needs a prompt. */
  readonly interactive: boolean;
}

/** How a shell is started that is in an environment, and ends where it began. */
export async function subshell(context: Context, request: SubshellRequest): Promise<RunPlan> {
  const { system } = context;
  const found = await activate(context, request);
  await writeHooks(context);
  const program = request.shell ?? personsShell(context);
  const kind = shellOf(program);
  const inherited = withoutActive(context);
  const start = subshellStart(request.interactive ? kind : undefined, {
    shellDir: shellDir(context),
    root: found.path,
    env: inherited,
  });
  const environment = await context.home.find(found.path);
  const variables = environment?.intent.variables ?? {};
  const full = launchEnvironment(inherited, {
    environment: found.path,
    bin: found.bin,
    set: variables,
    pathSeparator: system.os === "windows" ? ";" : ":",
  });
  return {
    argv: [program, ...start.args],
    // Whoever looks for users of the environment finds the shell by this variable, before it has entered.
    env: start.enters ? { ...inherited, VIRTUAL_ENV: found.path, ...start.set } : full,
    environment: { name: found.name, path: found.path, version: environment?.current.number },
    reasons: [`\`${found.name}\` was named`],
    notes: request.interactive ? [`in ${found.name}; exit leaves it`] : [],
  };
}

function personsShell({ system }: Context): string {
  const { env, os } = system;
  if (os === "windows") return env["COMSPEC"] || "cmd.exe";
  return env["SHELL"] || "/bin/sh";
}

/** The variables without the environment that the parent shell is in: leaving the new one leads to neither. */
function withoutActive(context: Context): Record<string, string | undefined> {
  const { system, fs } = context;
  const { VIRTUAL_ENV: active, VIRTUAL_ENV_PROMPT: _prompt, ...env } = system.env;
  if (active === undefined || active === "" || !fs.path.isAbsolute(active)) return env;
  const separator = system.os === "windows" ? ";" : ":";
  const entries = (env["PATH"] ?? "").split(separator);
  const at = entries.indexOf(`${active}${fs.path.separator}${binName(context)}`);
  return { ...env, PATH: entries.filter((_, index) => index !== at).join(separator) };
}
