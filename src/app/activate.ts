import { type AbsPath, typedWord, VenvoyError } from "../base/index.ts";
import { faultOfTree, isDirectoryName } from "../env/index.ts";
import { type PythonOptions, withLivingPython } from "./another-python.ts";
import type { Context } from "./context.ts";
import { pathFrom } from "./context.ts";
import { materialiseCurrent } from "./materialise.ts";
import { lockOptions } from "./packages.ts";
import { targetPlace } from "./targets.ts";

export interface ActivateRequest extends PythonOptions {
  /** A name, or a directory. */
  readonly name: string;
}

/** An environment that a shell may go into now. */
export interface Activation {
  readonly name: string;
  /** The stable path: what VIRTUAL_ENV is set to. */
  readonly path: AbsPath;
  /** The directory of its programs. */
  readonly bin: AbsPath;
}

/**
 * Makes sure that a shell can go into an environment: its tree is there and its Python can be started, or is mended, or
 * somebody is asked. Going there is the shell's own doing.
 */
export async function activate(context: Context, { name, ...options }: ActivateRequest): Promise<Activation> {
  const foreign = await foreignDirectory(context, name);
  if (foreign !== undefined) return foreign;
  let environment = await context.home.open((await targetPlace(context, name)).root);
  if (environment.intent.layout === "plain") {
    throw new VenvoyError(
      "ARGUMENT_INVALID",
      `\`${environment.label}\` is a plain directory: no program lies in it to be activated`,
      {
        hint: `venvoy run -n ${typedWord(environment.label)} python, or put ${environment.root} on the search path of its program`,
      },
    );
  }
  const path = environment.root;
  // Its Python first: without one no tree can be built, but one can be on another Python.
  environment = (await withLivingPython(context, environment, options)).environment;
  if ((await faultOfTree(context, environment.current.root)) !== undefined) {
    const purpose = lockOptions(`activate ${environment.label}`, options.signal);
    await context.home.using(environment, purpose, (held) => materialiseCurrent(context, held, options));
  }
  await context.home.noteUse(environment, context.system.cwd);
  return { name: environment.label, path, bin: context.fs.path.join(path, binName(context)) };
}

/** A directory that another tool made an environment in is as good for a shell. */
async function foreignDirectory(context: Context, name: string): Promise<Activation | undefined> {
  if (!isDirectoryName(name)) return undefined;
  const { fs } = context;
  const path = pathFrom(context, name);
  if ((await context.home.find(name)) !== undefined) return undefined;
  if ((await fs.info(fs.path.join(path, "pyvenv.cfg"))) === undefined) return undefined;
  return { name: fs.path.name(path), path, bin: fs.path.join(path, binName(context)) };
}

export function binName({ system }: Pick<Context, "system">): string {
  return system.os === "windows" ? "Scripts" : "bin";
}

/** Said where a shell's own function should have been called. */
export function hookMissing(word: string, next: string): VenvoyError {
  return new VenvoyError(
    "SHELL_NOT_SET_UP",
    `\`venvoy ${word}\` works in a shell that has loaded venvoy's hook, and this one has not`,
    { hint: next },
  );
}
