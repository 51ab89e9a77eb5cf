import { type AbsPath, isVenvoyError, printable } from "../../base/index.ts";
import type { Claim } from "../../env/index.ts";
import { defaultId, isSiteEnvId } from "../../host/index.ts";
import { fits, type Interpreter, parsePythonRequest } from "../../python/index.ts";
import { findScripts } from "../check/find-scripts.ts";
import type { Context } from "../context.ts";
import { shownPath } from "../context.ts";
import type { ResolveChoices } from "../requests.ts";
import { claimFrom, headerAsks } from "../run/header-asks.ts";
import { runnableOf } from "../run/runnable.ts";

/** A script as a host would serve it. */
export interface HostScript {
  readonly label: string;
  /** The environment that it names. */
  readonly id: string;
  readonly claim: Claim;
  readonly choices: ResolveChoices;
}

export interface UnservedScript {
  readonly script: string;
  readonly why: string;
  readonly code: string;
}

export interface HostScripts {
  readonly scripts: readonly HostScript[];
  readonly unserved: readonly UnservedScript[];
  readonly notes: readonly string[];
}

/** Reads what scripts ask of a host with that Python. One that can't be served is told, and the others go on. */
export async function readHostScripts(
  context: Context,
  files: readonly string[],
  python: Interpreter,
): Promise<HostScripts> {
  const { paths, searched } = await findScripts(context, files);
  const scripts: HostScript[] = [];
  const unserved: UnservedScript[] = [];
  const notes: string[] = [];
  for (const path of paths) {
    const label = shownPath(context, path);
    try {
      const read = await readOne(context, path, label, python);
      if (read === undefined) {
        if (!searched.has(path)) notes.push(`${label} asks for nothing`);
        continue;
      }
      notes.push(...read.notes);
      if ("why" in read) unserved.push({ script: label, why: read.why, code: "HEADER_INVALID" });
      else scripts.push(read.script);
    } catch (error) {
      if (!isVenvoyError(error) || error.code === "ABORTED") throw error;
      unserved.push({ script: label, why: error.message, code: error.code });
    }
  }
  return { scripts, unserved, notes: notes.map((note) => printable(note)) };
}

type ReadOne = { readonly notes: readonly string[] } & ({ readonly script: HostScript } | { readonly why: string });

async function readOne(
  context: Context,
  path: AbsPath,
  label: string,
  python: Interpreter,
): Promise<ReadOne | undefined> {
  const runnable = await runnableOf(context, { target: { kind: "file", path } });
  const { header, script } = runnable;
  const family = header?.language?.family;
  if (family !== undefined && family !== "python") return undefined;
  const asks = headerAsks(runnable);
  if (script === undefined || asks.lines.length === 0) return undefined;
  const { notes, choices } = asks;
  const id = header?.venv?.isName === true ? header.venv.text : defaultId;
  if (!isSiteEnvId(id)) return { notes, why: `\`${printable(id)}\` can't name an environment of a host` };
  if (asks.python !== undefined && !fits(parsePythonRequest(asks.python), python)) {
    const asked = printable(asks.python);
    return { notes, why: `it asks for Python ${asked}, and the host has ${python.version}` };
  }
  return { notes, script: { label, id, claim: claimFrom(context, script, asks), choices } };
}
