import { type AbsPath, isVenvoyError, typedWord, VenvoyError } from "../../base/index.ts";
import { type Environment, envPublished } from "../../env/index.ts";
import type { Context } from "../context.ts";
import type { ChangeReport } from "../outcomes.ts";
import { add } from "../packages.ts";
import type { ChangeOptions } from "../requests.ts";
import { targetEnvironment } from "../targets.ts";
import { which } from "../which/which.ts";
import {
  formatSpec,
  type KernelSpec,
  kernelFile,
  kernelName,
  kernelsDir,
  listPlaced,
  type PlacedKernel,
} from "./kernelspec.ts";

export interface KernelRequest extends ChangeOptions {
  /** The environment; else the active one. */
  readonly name?: string;
  /** What notebooks show; else the environment's name. */
  readonly displayName?: string;
  /** Asked once when `ipykernel` is missing; left out or false: the operation fails and says how to add it. */
  readonly mayAdd?: (environment: string) => Promise<boolean>;
}

export interface KernelReport extends KernelSummary {
  /** `false`: it stood there already, the same. */
  readonly changed: boolean;
  readonly dryRun: boolean;
  /** The change that brought `ipykernel`. */
  readonly added?: ChangeReport;
}

export interface KernelSummary {
  /** What notebooks write down: `venvoy-demo`. */
  readonly kernel: string;
  readonly displayName: string;
  readonly file: AbsPath;
  /** `undefined`: it is gone, and the kernel can't start. */
  readonly environment: string | undefined;
}

/**
 * Makes an environment a kernel of Jupyter. The kernel starts through venvoy, by the environment's id: so it survives
 * new versions and renames, carries the variables as they are then, and counts as use. Throws `PACKAGE_NOT_INSTALLED`
 * when `ipykernel` is missing and may not be added.
 */
export async function kernel(context: Context, request: KernelRequest): Promise<KernelReport> {
  const environment = await targetEnvironment(context, request.name);
  if (environment.intent.layout === "plain") {
    throw new VenvoyError(
      "ARGUMENT_INVALID",
      `\`${environment.label}\` is a plain directory, and no Python lies in it that Jupyter could start`,
      {
        hint: "venvoy create NAME ipykernel makes an environment for a kernel",
      },
    );
  }
  const added = (await hasKernel(context, environment)) ? undefined : await bringKernel(context, environment, request);
  const all = await listPlaced(context);
  const own = all.find(({ spec }) => spec.metadata.venvoy.environment === environment.id);
  const dir = own?.dir ?? (await freshDir(context, environment));
  const spec = specOf(context, environment, request.displayName ?? own?.spec.display_name);
  const file = context.fs.path.join(dir, kernelFile);
  const text = formatSpec(spec);
  const changed = own === undefined || (await context.fs.readText(own.file)) !== text;
  if (changed && request.dryRun !== true) {
    await context.fs.makeDir(dir);
    await context.fs.writeAtomic(file, text);
  }
  return {
    kernel: context.fs.path.name(dir),
    displayName: spec.display_name,
    file,
    environment: environment.label,
    changed,
    dryRun: request.dryRun ?? false,
    ...(added === undefined ? {} : { added }),
  };
}

/** Kernels that venvoy wrote for this person, those of environments that are gone too. */
export async function listKernels(context: Context): Promise<readonly KernelSummary[]> {
  return Promise.all((await listPlaced(context)).map((one) => summaryOf(context, one)));
}

/** Takes an environment's kernel away from Jupyter; also one whose environment is gone. Throws `KERNEL_UNKNOWN`. */
export async function removeKernel(
  context: Context,
  name: string | undefined,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<readonly KernelSummary[]> {
  const all = await listPlaced(context);
  const doomed = all.filter(await matcher(context, name));
  if (doomed.length === 0) {
    throw new VenvoyError("KERNEL_UNKNOWN", `No kernel of Jupyter belongs to \`${name ?? "the active environment"}\``, {
      hint: "venvoy kernel --list",
    });
  }
  const summaries = await Promise.all(doomed.map((one) => summaryOf(context, one)));
  if (!dryRun) for (const { dir } of doomed) await context.fs.remove(dir);
  return summaries;
}

async function matcher(context: Context, name: string | undefined): Promise<(placed: PlacedKernel) => boolean> {
  const found = await targetEnvironment(context, name).catch((error: unknown) => {
    // An environment that is gone, or a kernel's own name: what was written down decides.
    if (name !== undefined && isVenvoyError(error, "ENV_UNKNOWN")) return undefined;
    throw error;
  });
  return ({ kernel: own, spec: { metadata, display_name: shown } }) =>
    found === undefined
      ? [own, shown, metadata.venvoy.name].includes(name ?? "")
      : metadata.venvoy.environment === found.id;
}

async function summaryOf(context: Context, { kernel: name, file, spec }: PlacedKernel): Promise<KernelSummary> {
  const environment = await context.home.byId(spec.metadata.venvoy.environment);
  return { kernel: name, displayName: spec.display_name, file, environment: environment?.label };
}

/** What Python itself finds counts: packages that all environments share, and those of the base. */
async function hasKernel(context: Context, environment: Environment): Promise<boolean> {
  try {
    await which(context, "ipykernel_launcher", { name: environment.root });
    return true;
  } catch (error) {
    if (isVenvoyError(error, "MODULE_UNKNOWN")) return false;
    throw error;
  }
}

async function bringKernel(
  context: Context,
  environment: Environment,
  { displayName: _displayName, mayAdd, ...options }: KernelRequest,
): Promise<ChangeReport> {
  if (environment.intent.publication !== undefined)
    throw envPublished(environment, "Jupyter talks to it through `ipykernel`, which it hasn't");
  const isAllowed = (await mayAdd?.(environment.label)) ?? false;
  if (!isAllowed) {
    throw new VenvoyError(
      "PACKAGE_NOT_INSTALLED",
      `\`${environment.label}\` has no \`ipykernel\`, through which Jupyter talks to it`,
      { hint: `venvoy add ipykernel -n ${typedWord(environment.label)}`, data: { environment: environment.label } },
    );
  }
  return add(context, { ...options, name: environment.root, requirements: ["ipykernel"] });
}

async function freshDir(context: Context, { name, id }: Environment): Promise<AbsPath> {
  const parent = kernelsDir(context);
  const taken = new Set(((await context.fs.list(parent)) ?? []).map((entry) => entry.name.toLowerCase()));
  return context.fs.path.join(parent, kernelName(name, id, taken));
}

function specOf(context: Context, environment: Environment, displayName: string | undefined): KernelSpec {
  const { self } = context.system;
  return {
    argv: [...self, "internal", "kernel", environment.id, "-f", "{connection_file}"],
    display_name: displayName ?? `${environment.name} (venvoy)`,
    language: "python",
    ...homeVariables(context),
    metadata: { debugger: true, venvoy: { environment: environment.id, name: environment.label } },
  };
}

/** Jupyter may be started with other variables than the shell that typed this, and must find the same environments. */
function homeVariables({ system, fs }: Context): Pick<KernelSpec, "env"> {
  for (const name of ["VENVOY_HOME", "XDG_DATA_HOME"]) {
    const value = system.env[name];
    if (value !== undefined && value !== "") return { env: { [name]: fs.path.resolve(system.cwd, value) } };
  }
  return {};
}
