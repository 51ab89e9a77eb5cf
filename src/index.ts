/**
 * venvoy as a library: the operations of the command line, typed, cancellable, told by events.
 *
 * ```ts
 * import { createVenvoy } from "venvoy";
 * const venvoy = createVenvoy();
 * await venvoy.create({ name: "demo", requirements: ["numpy"] });
 * const { argv, env } = await venvoy.run({ name: "demo", target: { kind: "code", code: "import numpy" } });
 * ```
 */
import { fileURLToPath } from "node:url";
import {
  attachHost,
  type HeaderSource,
  type HostClient,
  type HostClientOptions,
  type HostPlace,
  headerOf,
  openHostClient,
  openVenvoy,
  type ScriptEditReport,
  type ScriptEditRequest,
  scriptPath,
  type Venvoy,
} from "./app/index.ts";
import { nodePorts } from "./node/index.ts";
import { type Reporter, type System, silentReporter } from "./ports/index.ts";
import type { ScriptHeader } from "./script/index.ts";

export type * from "./app/index.ts";
export { FileValue } from "./app/index.ts";
export { type ErrorCode, errorCodes, isVenvoyError, VenvoyError } from "./base/index.ts";
export type { Event, OpId, OpKind, Reporter } from "./ports/index.ts";

export type {
  HeaderItem,
  HeaderProblem,
  HeaderRequirement,
  HeaderVenv,
  PipOption,
  Place,
  ScriptHeader,
  ScriptLanguage,
} from "./script/index.ts";

export interface VenvoyOptions {
  /** Where environments, store and cache are; else the platform's places, or `VENVOY_HOME`. */
  readonly home?: string;
  /** What relative paths are relative to; else the process's directory. */
  readonly cwd?: string;
  /** Variables to go by; else the process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly offline?: boolean;
  /**
   * How venvoy's own program is started for work behind an answer (bytecode, a line of help after a crash); else this
   * package's `main.js` with the runtime that runs now. In Electron give a Node, or the installed `venvoy`.
   */
  readonly program?: readonly [string, ...string[]];
  /** Hears what happens while operations run. */
  readonly reporter?: Reporter;
}

/** Beside this file, in the package as in the sources. */
const mainFile = import.meta.url.endsWith(".ts") ? "main.ts" : "main.js";

function ownProgram({ self }: System): readonly [string, ...string[]] {
  return [self[0], fileURLToPath(new URL(mainFile, import.meta.url))];
}

/** Opens venvoy for this machine and person. Nothing is read or written until an operation is called. */
export function createVenvoy(options: VenvoyOptions = {}): Venvoy {
  const ports = nodePorts();
  const env = options.env ?? ports.system.env;
  const cwd = options.cwd === undefined ? ports.system.cwd : ports.fs.path.resolve(ports.system.cwd, options.cwd);
  // The getters of `system` find things out when first asked; copying values would ask all of them now.
  const system: System = Object.defineProperties({} as System, {
    ...Object.getOwnPropertyDescriptors(ports.system),
    cwd: { value: cwd },
    // The command line of this process is the caller's program, not venvoy's.
    self: { value: options.program ?? ownProgram(ports.system) },
    env: {
      value: options.home === undefined ? env : { ...env, VENVOY_HOME: ports.fs.path.resolve(cwd, options.home) },
    },
  });
  return openVenvoy(
    { ...ports, system },
    { offline: options.offline ?? false, reporter: options.reporter ?? silentReporter() },
  );
}

export interface ConnectOptions extends HostClientOptions, HostPlace, Pick<VenvoyOptions, "cwd" | "env"> {
  /** The words that start venvoy, where no `socket` is given; else this package's `main.js` with the runtime that runs now. */
  readonly program?: readonly [string, ...string[]];
}

/**
 * Talks with `venvoy host serve` in a process of its own: the methods of a session, and what it tells as notices. Throws
 * `SOCKET_UNANSWERED` and `PROGRAM_NOT_STARTED`.
 *
 * ```ts
 * await using host = await connectHost({ onNotice: ({ method, params }) => console.log(method, params) });
 * const { exit, stdout } = await host.run("plot.py", { args: ["--size", "3"] });
 * ```
 */
export async function connectHost(options: ConnectOptions = {}): Promise<HostClient> {
  const ports = nodePorts();
  const cwd = options.cwd === undefined ? ports.system.cwd : ports.fs.path.resolve(ports.system.cwd, options.cwd);
  const system: System = Object.create(ports.system, {
    cwd: { value: cwd },
    env: { value: options.env ?? ports.system.env },
  });
  const program = options.program ?? ownProgram(ports.system);
  return openHostClient(ports, await attachHost({ ...ports, system }, options, program), options);
}

/**
 * Reads what a script says it needs, from a file or a text: Rhino's directives and PEP 723, each item with its place. It
 * installs nothing. Throws `FILE_UNREADABLE`; what is wrong in the header is in its `problems`.
 *
 * ```ts
 * const { requirements, venv, problems } = await readHeader("plot.py");
 * for (const { text, line } of requirements) console.log(`line ${line} asks for ${text}`);
 * ```
 */
export function readHeader(source: HeaderSource, options: Pick<VenvoyOptions, "cwd"> = {}): Promise<ScriptHeader> {
  const ports = nodePorts();
  const cwd = options.cwd === undefined ? ports.system.cwd : ports.fs.path.resolve(ports.system.cwd, options.cwd);
  return headerOf({ fs: ports.fs, system: Object.create(ports.system, { cwd: { value: cwd } }) }, source);
}

/**
 * Writes requirements into a script's header, in the notation that it uses: a PEP 723 block, else Rhino's `# r:` lines. What
 * it asks of the same packages is replaced where it stands; every other byte stays. It installs nothing: the next run does.
 * Throws `FILE_UNREADABLE`, `REQUIREMENT_INVALID`, and `HEADER_INVALID` for a header that can't be understood.
 *
 * ```ts
 * const { changed, added } = await addRequirement("plot.py", "scipy>=1.11");
 * ```
 */
export function addRequirement(
  file: string | URL,
  requirement: string | readonly string[],
  options: HeaderEditOptions = {},
): Promise<ScriptEditReport> {
  return editHeader(file, { add: typeof requirement === "string" ? [requirement] : requirement }, options);
}

/** Takes packages out of a script's header. Throws as `addRequirement`, and `PACKAGE_NOT_INSTALLED` for what it doesn't ask. */
export function removeRequirement(
  file: string | URL,
  name: string | readonly string[],
  options: HeaderEditOptions = {},
): Promise<ScriptEditReport> {
  return editHeader(file, { remove: typeof name === "string" ? [name] : name }, options);
}

export interface HeaderEditOptions extends Pick<VenvoyOptions, "cwd"> {
  /** Say what would be changed, and write nothing. */
  readonly dryRun?: boolean;
}

function editHeader(
  file: string | URL,
  edit: Pick<ScriptEditRequest, "add" | "remove">,
  { dryRun = false, ...options }: HeaderEditOptions,
): Promise<ScriptEditReport> {
  return createVenvoy(options).editScript({ script: scriptPath(file), ...edit, dryRun });
}
