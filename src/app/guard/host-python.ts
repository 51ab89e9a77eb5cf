import { isVenvoyError, printable, VenvoyError } from "../../base/index.ts";
import {
  type Base,
  baseKey,
  chooseInterpreter,
  ensureBase,
  findInterpreters,
  fits,
  type Interpreter,
  interpreterName,
  isAlike,
  parsePythonRequest,
} from "../../python/index.ts";
import type { Context } from "../context.ts";
import { askOptions } from "../solve.ts";

/** What environments for a host's Python stand on, and what a person should know of it. */
export interface HostBase {
  readonly base: Base;
  /** No program of that Python is on this machine: packages can be unpacked for it, and nothing can be started. */
  readonly layout?: "plain";
  readonly notes: readonly string[];
}

/**
 * A program that is the same Python as the one that a host has inside: in its own installation, else another one of the
 * same version and ABI on this machine, else none. Hosts older than what environments are made for are served, too:
 * nothing of venvoy runs in them but the module that asked.
 */
export async function baseOfHost(context: Context, host: Interpreter, signal?: AbortSignal): Promise<HostBase> {
  const found = (await inPrefix(context, host, signal)) ?? (await elsewhere(context, host, signal));
  if (found === undefined) return onlyDescribed(context, host);
  const base = await ensureBase(context, context.layout, found);
  if (found.version === host.version) return { base, notes: [] };
  const note = `the host runs Python ${host.version}, and its environments stand on ${found.version}, which is the nearest here`;
  return { base, notes: [note] };
}

/** A base that is only a name: no link is made, and its program is where one would be. */
function onlyDescribed({ fs, layout }: Context, host: Interpreter): HostBase {
  const key = baseKey(host);
  const interpreter = { ...host, executable: fs.path.join(host.prefix, "python") };
  const note = `no program of ${interpreterName(host)} is on this machine: only wheels can be used for the host, and no worker`;
  return { base: { key, link: fs.path.join(layout.bases, key), interpreter }, layout: "plain", notes: [note] };
}

async function inPrefix(
  context: Context,
  host: Interpreter,
  signal: AbortSignal | undefined,
): Promise<Interpreter | undefined> {
  const request = { kind: "path", path: host.prefix, text: host.prefix } as const;
  try {
    const found = await chooseInterpreter(context, request, { ...askOptions(context, signal), allowUnsupported: true });
    return isAlike(found, host) && found.version === host.version ? found : undefined;
  } catch (error) {
    // Hosts that bring a library only have no program there.
    if (isVenvoyError(error, "PYTHON_BROKEN") || isVenvoyError(error, "PYTHON_NOT_FOUND")) return undefined;
    throw error;
  }
}

async function elsewhere(
  context: Context,
  host: Interpreter,
  signal: AbortSignal | undefined,
): Promise<Interpreter | undefined> {
  const reports = await findInterpreters(context, askOptions(context, signal));
  const alike = reports.flatMap((one) => ("ok" in one && isAlike(one.ok, host) ? [one.ok] : []));
  const distance = ({ versionInfo, version }: Interpreter): number =>
    version === host.version ? -1 : Math.abs(versionInfo[2] - host.versionInfo[2]);
  return alike.sort((a, b) => distance(a) - distance(b))[0];
}

/** A header may ask for another Python than the host has. Throws `PYTHON_UNSUPPORTED`. */
export function checkHeaderPython(label: string, asked: string | undefined, host: Interpreter): void {
  if (asked === undefined) return;
  if (fits(parsePythonRequest(asked), host)) return;
  throw new VenvoyError(
    "PYTHON_UNSUPPORTED",
    `\`${label}\` asks for Python \`${printable(asked)}\`, and the host runs ${interpreterName(host)}`,
    {
      hint: "venvoy.worker(script) runs it in a process of its own, with the Python that it asks for",
      data: { script: label, request: asked, version: host.version },
    },
  );
}
