import { isVenvoyError, printable, VenvoyError } from "../../base/index.ts";
import {
  type Base,
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
  readonly notes: readonly string[];
}

/**
 * A program that is the same Python as the one that a host has inside: in its own installation, else another one of the
 * same version and ABI on this machine. Hosts older than what environments are made for are served, too: nothing of
 * venvoy runs in them but the module that asked. Throws `PYTHON_NOT_FOUND`.
 */
export async function baseOfHost(context: Context, host: Interpreter, signal?: AbortSignal): Promise<HostBase> {
  const found = (await inPrefix(context, host, signal)) ?? (await elsewhere(context, host, signal));
  if (found === undefined) throw noProgram(host);
  const base = await ensureBase(context, context.layout, found);
  if (found.version === host.version) return { base, notes: [] };
  const note = `the host runs Python ${host.version}, and its environments stand on ${found.version}, which is the nearest here`;
  return { base, notes: [note] };
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

function noProgram(host: Interpreter): VenvoyError {
  const minor = host.versionInfo.slice(0, 2).join(".");
  return new VenvoyError(
    "PYTHON_NOT_FOUND",
    `The host runs ${interpreterName(host)} (${printable(host.platformTag)}), and no program of that version and ABI is on this machine`,
    {
      hint: `install Python ${minor} for this machine; the host itself stays as it is`,
      data: { version: host.version, soabi: host.soabi, platform: host.platformTag, prefix: host.prefix },
    },
  );
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
