import { type AbsPath, type PackageName, printable, VenvoyError } from "../../base/index.ts";
import { readReceipt } from "../../env/index.ts";
import { parsePackageName, parseVersion } from "../../pep/index.ts";
import { describedInterpreter } from "../../python/index.ts";
import { type Context, pathFrom } from "../context.ts";
import type { ChangeReport } from "../outcomes.ts";
import type { OperationOptions, RunRequest } from "../requests.ts";
import { choose } from "../run/choose.ts";
import { headerAsks } from "../run/header-asks.ts";
import { readyNamed } from "../run/named.ts";
import { readyOwn } from "../run/own.ts";
import type { Ready } from "../run/ready.ts";
import { envPaths, ownRunOf } from "../run/run.ts";
import { runnableOf } from "../run/runnable.ts";
import { baseOfHost, checkHeaderPython, type HostBase } from "./host-python.ts";

export interface HostUseRequest extends OperationOptions {
  readonly file: string;
  /** The Python that asks, as it describes itself (JSON); without it, the Python that the header asks for. */
  readonly interpreter?: string;
  /** What that process holds of compiled packages, as `name==version`: taken, too, where the header leaves a choice. */
  readonly loaded?: readonly string[];
}

/** Where a script's packages are, for a program that imports them itself. */
export interface HostUseReport {
  readonly script: AbsPath;
  readonly environment: { readonly name: string; readonly path: AbsPath; readonly version: number | undefined };
  /** A program with this environment, for a process beside the host; none where only the host has that Python. */
  readonly python: AbsPath | undefined;
  readonly pythonVersion: string;
  /** For the front of `sys.path`. They don't change as long as they are there: a new version has other ones. */
  readonly paths: readonly AbsPath[];
  /** Plain directories that the header's `env:` lines name. */
  readonly folders: readonly AbsPath[];
  /** What the header asks for, as it is written. */
  readonly requirements: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
  readonly change?: ChangeReport;
}

/**
 * Makes ready what a script's header asks for, for the Python inside a host. The header alone decides: the environment
 * that is active in the shell from which the host was started is nothing to its scripts, and a header that names none
 * gets one of its own instead of `default`, whose Python may be another one. Throws what a run does, and
 * `PYTHON_UNSUPPORTED` when the header asks for another Python than the host has.
 */
export async function hostUse(context: Context, request: HostUseRequest): Promise<HostUseReport> {
  const { file, interpreter, loaded = [], signal } = request;
  const plain: RunRequest = {
    target: { kind: "file", path: file },
    isolated: true,
    ...(signal === undefined ? {} : { signal }),
  };
  const runnable = await runnableOf(context, plain);
  if (runnable.starts !== "python") throw noScript(runnable.label);
  const asks = headerAsks(runnable);
  const host = interpreter === undefined ? undefined : describedInterpreter(interpreter);
  if (host !== undefined) checkHeaderPython(runnable.label, asks.python, host);
  const standing = host === undefined ? undefined : await baseOfHost(context, host, signal);
  const asked = requestFor(plain, standing);
  const choice = await choose(context, runnable, asked);
  const ready =
    choice.kind === "named" && choice.refuses
      ? await readyNamed(context, { choice, runnable, asks, request: asked })
      : await readyOwn(context, {
          ...ownRunOf({ runnable, asks, request: asked }),
          ...baseOf(standing),
          ...(loaded.length === 0 ? {} : { keep: { preferences: preferencesFrom(loaded) } }),
        });
  return {
    ...(await placesOf(context, ready)),
    script: pathFrom(context, file),
    environment: { name: ready.label, path: ready.environment, version: ready.version },
    folders: envPaths(context, runnable),
    requirements: asks.lines.map(({ text }) => text),
    variables: ready.variables,
    notes: [...asks.notes, ...(standing?.notes ?? []), ...ready.notes].map((note) => printable(note)),
    ...(ready.change === undefined ? {} : { change: ready.change }),
  };
}

function preferencesFrom(loaded: readonly string[]): ReadonlyMap<PackageName, string> {
  return new Map(
    loaded.map((text) => {
      const [name = "", version = "", ...rest] = text.split("==");
      if (version === "" || rest.length > 0) {
        throw new VenvoyError("ARGUMENT_INVALID", `\`${printable(text)}\` names no version that is loaded`, {
          hint: "write it as numpy==2.4.0",
        });
      }
      return [parsePackageName(name), parseVersion(version).toString()] as const;
    }),
  );
}

/** What can't be started can't build either. */
function requestFor(plain: RunRequest, standing: HostBase | undefined): RunRequest {
  if (standing === undefined) return plain;
  const python = standing.base.interpreter.executable;
  return { ...plain, python, ...(standing.layout === "plain" ? { noBuild: "all" as const } : {}) };
}

function baseOf(standing: HostBase | undefined): Pick<HostBase, "layout"> & { readonly base?: HostBase["base"] } {
  if (standing === undefined) return {};
  return { base: standing.base, ...(standing.layout === undefined ? {} : { layout: standing.layout }) };
}

async function placesOf(
  { fs, system }: Context,
  { tree }: Ready,
): Promise<Pick<HostUseReport, "paths" | "python" | "pythonVersion">> {
  const receipt = await readReceipt(fs, tree);
  if (receipt === undefined) {
    throw new VenvoyError("ENV_BROKEN", `The environment \`${printable(tree)}\` is not whole`, {
      hint: "venvoy doctor --fix",
    });
  }
  const below = (relative: string): AbsPath => (relative === "" ? tree : fs.path.join(tree, ...relative.split("/")));
  const program = system.os === "windows" ? "python.exe" : "python";
  return {
    paths: [below(receipt.sitePackages)],
    python: receipt.layout === "plain" ? undefined : fs.path.join(below(receipt.bin), program),
    pythonVersion: receipt.base.version,
  };
}

function noScript(label: string): VenvoyError {
  return new VenvoyError("HEADER_INVALID", `\`${label}\` is no Python script`, {
    hint: "a host imports the packages of Python scripts only",
  });
}
