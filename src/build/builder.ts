import type { AbsPath } from "../base/index.ts";
import { type CoreMetadata, parseMetadata } from "../pep/index.ts";
import { type ConfigSettings, callHook, type HookCall } from "./call-hook.ts";
import { readIfThere, sourceInvalid } from "./errors.ts";
import { type BuildSystem, readBuildSystem } from "./project-file.ts";
import type { SandboxIo } from "./sandbox.ts";

/** Makes the environments that builds run in. */
export interface BuildEnvironments {
  /** Python of an environment that has these requirements, and nothing else. */
  withRequirements(requirements: readonly string[], label: string): Promise<AbsPath>;
  /** Directories that a confined build must be able to read. */
  readonly needed: readonly AbsPath[];
}

export interface BuildOptions {
  readonly label: string;
  /** The unpacked sources. */
  readonly source: AbsPath;
  readonly settings?: ConfigSettings;
  readonly editable?: boolean;
  /** A Python to build with as it is: nothing is installed for the build. */
  readonly withoutIsolation?: AbsPath;
  /** Left out: the build is not confined. */
  readonly confine?: { readonly network: boolean };
  readonly stage: AbsPath;
  /** Kept when the build fails. */
  readonly log: AbsPath;
  readonly signal?: AbortSignal;
}

/** What is known of sources without running anything of them (PEP 643): nothing that is declared dynamic counts. */
export async function staticMetadata(io: Pick<SandboxIo, "fs">, source: AbsPath): Promise<CoreMetadata | undefined> {
  const text = await readIfThere(io.fs, io.fs.path.join(source, "PKG-INFO"));
  if (text === undefined) return undefined;
  const metadata = parseMetadata(text);
  const [major = 0, minor = 0] = metadata.metadataVersion.split(".").map(Number);
  if (major < 2 || (major === 2 && minor < 2)) return undefined;
  const fields = ["version", "requires-dist", "requires-python", "provides-extra"];
  const isStatic = fields.every((field) => !metadata.dynamic.includes(field));
  return isStatic ? metadata : undefined;
}

/** The metadata of sources: as written, or as the backend prepares it; building a whole wheel is the last resort. */
export async function metadataOf(
  io: SandboxIo,
  options: BuildOptions,
  environments: BuildEnvironments,
): Promise<CoreMetadata | undefined> {
  const known = options.editable === true ? undefined : await staticMetadata(io, options.source);
  if (known !== undefined) return known;
  const call = await ready(io, options, environments);
  const into = io.fs.path.join(options.stage, "metadata");
  await io.fs.makeDir(into);
  const hook = options.editable === true ? "prepare_metadata_for_build_editable" : "prepare_metadata_for_build_wheel";
  const made = await callHook(io, call, { hook, into });
  if (made === undefined) return undefined;
  const text = await readIfThere(io.fs, io.fs.path.join(into, nameOf(made, options.label, /\.dist-info$/), "METADATA"));
  if (text === undefined) throw sourceInvalid(options.label, "was prepared without metadata by its build backend");
  return parseMetadata(text);
}

/** Builds a wheel, and answers the file, in `<stage>/wheel`. Throws `BUILD_FAILED`, `SOURCE_INVALID`. */
export async function buildWheel(
  io: SandboxIo,
  options: BuildOptions,
  environments: BuildEnvironments,
): Promise<AbsPath> {
  const call = await ready(io, options, environments);
  const into = io.fs.path.join(options.stage, "wheel");
  await io.fs.makeDir(into);
  const hook = options.editable === true ? "build_editable" : "build_wheel";
  const made = await callHook(io, call, { hook, into });
  if (made === undefined) {
    const what = options.editable === true ? "an editable install (PEP 660)" : "a wheel (PEP 517)";
    throw sourceInvalid(options.label, `has a build backend that can't make ${what}`);
  }
  const file = io.fs.path.join(into, nameOf(made, options.label, /\.whl$/));
  if ((await io.fs.linkInfo(file))?.kind !== "file") {
    throw sourceInvalid(options.label, "has a build backend that promised a wheel and made none");
  }
  return file;
}

/** What a build of these sources needs: what they say, and what their backend adds. Throws as building does. */
export async function buildNeeds(
  io: SandboxIo,
  options: BuildOptions,
  environments: BuildEnvironments,
): Promise<readonly string[]> {
  const system = await readBuildSystem(io.fs, options.source, options.label);
  const python = await environments.withRequirements(system.requires, options.label);
  const more = await requirementsOf(io, callFor(io, options, { system, python, environments }), false);
  return [...new Set([...system.requires, ...more])];
}

/** Installs what the build needs, also what only the backend knows, and says how hooks are called. */
async function ready(io: SandboxIo, options: BuildOptions, environments: BuildEnvironments): Promise<HookCall> {
  const { label, source } = options;
  const system = await readBuildSystem(io.fs, source, label);
  const call = (python: AbsPath): HookCall => callFor(io, options, { system, python, environments });
  if (options.withoutIsolation !== undefined) return call(options.withoutIsolation);
  const first = await environments.withRequirements(system.requires, label);
  const more = await requirementsOf(io, call(first), options.editable === true);
  if (more.length === 0) return call(first);
  return call(await environments.withRequirements([...system.requires, ...more], label));
}

function callFor(
  io: SandboxIo,
  { label, source, settings = {}, stage, log, confine, signal }: BuildOptions,
  of: { readonly system: BuildSystem; readonly python: AbsPath; readonly environments: BuildEnvironments },
): HookCall {
  return {
    label,
    source,
    system: of.system,
    python: of.python,
    settings,
    stage,
    log,
    confinement:
      confine === undefined
        ? undefined
        : {
            writable: [source, stage, io.fs.path.directory(log)],
            readable: of.environments.needed,
            network: confine.network,
          },
    ...(signal === undefined ? {} : { signal }),
  };
}

async function requirementsOf(io: SandboxIo, call: HookCall, editable: boolean): Promise<readonly string[]> {
  const hook = editable ? "get_requires_for_build_editable" : "get_requires_for_build_wheel";
  const answer = await callHook(io, call, { hook });
  if (answer === undefined) return [];
  if (Array.isArray(answer) && answer.every((item) => typeof item === "string")) return answer;
  throw sourceInvalid(call.label, "has a build backend that names requirements which are no texts");
}

/** What a backend answers is a name in the directory that it was given, and nothing else. */
function nameOf(answer: unknown, label: string, ending: RegExp): string {
  if (typeof answer === "string" && ending.test(answer) && !/[\\/\0]/.test(answer)) return answer;
  throw sourceInvalid(label, "has a build backend that answered with something else than a file name");
}
