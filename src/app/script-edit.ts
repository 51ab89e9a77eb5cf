import { type AbsPath, hasCode, printable, VenvoyError } from "../base/index.ts";
import { explainingDisk } from "../disk/index.ts";
import { parsePackageName, parseRequirement } from "../pep/index.ts";
import { addRequirement, readHeader, removeRequirement } from "../script/index.ts";
import { typedRequirements } from "./asked.ts";
import { type Context, pathFrom, shownPath } from "./context.ts";
import { readRequirementFiles } from "./files.ts";
import type { OperationOptions } from "./requests.ts";

export interface ScriptEditRequest extends OperationOptions {
  readonly script: string;
  /** Requirements to put into the header; one for a package that is there takes its place. */
  readonly add?: readonly string[];
  readonly files?: readonly string[];
  /** Packages to take out. */
  readonly remove?: readonly string[];
  readonly dryRun?: boolean;
}

/** What a header asks for, and where. */
export interface HeaderLine {
  readonly text: string;
  readonly line: number;
}

export interface ScriptEditReport {
  readonly script: string;
  readonly path: AbsPath;
  readonly changed: boolean;
  readonly dryRun: boolean;
  /** As they stand in the header now. */
  readonly added: readonly HeaderLine[];
  /** As they stood before. */
  readonly removed: readonly HeaderLine[];
}

/**
 * Edits the header of a script in the notation that it uses already. Installs nothing: the next run does. Throws
 * `FILE_UNREADABLE`, `HEADER_INVALID`, `REQUIREMENT_INVALID`, `PACKAGE_NOT_INSTALLED` for what the header doesn't ask.
 */
export async function editScript(context: Context, request: ScriptEditRequest): Promise<ScriptEditReport> {
  const texts = await additions(context, request);
  const names = (request.remove ?? []).map(parsePackageName);
  const { path, bytes, mode } = await readScript(context, request.script);
  const label = shownPath(context, path);
  const before = linesOf(bytes);
  for (const name of names) if (!before.has(name)) throw notInHeader(name, label);
  let edited = bytes;
  for (const name of names) edited = removeRequirement(edited, name);
  for (const text of texts) edited = addRequirement(edited, text);
  const after = linesOf(edited);
  const changed = edited !== bytes && !Buffer.from(edited).equals(bytes);
  if (changed && !request.dryRun) await explainingDisk(path, () => context.fs.writeAtomic(path, edited, { mode }));
  return {
    script: label,
    path,
    changed,
    dryRun: request.dryRun ?? false,
    added: [...new Set(texts.map((text) => parseRequirement(text).name))].flatMap((name) => after.get(name) ?? []),
    removed: names.flatMap((name) => before.get(name) ?? []),
  };
}

async function additions(context: Context, { add = [], files = [], script }: ScriptEditRequest): Promise<string[]> {
  typedRequirements(add);
  const read = await readRequirementFiles(context, files);
  if (Object.keys(read.choices).length > 0) {
    throw new VenvoyError("ARGUMENT_INVALID", "A file with options can't be added to a script's header", {
      hint: `name the packages: venvoy add numpy --script ${printable(script)}`,
    });
  }
  return [...read.requirements.map(({ text }) => text), ...add.map((text) => text.trim())];
}

async function readScript(
  context: Context,
  given: string,
): Promise<{ readonly path: AbsPath; readonly bytes: Uint8Array; readonly mode: number }> {
  const { fs } = context;
  const named = pathFrom(context, given);
  try {
    // A link stays one: what it leads to is edited.
    const path = await fs.realPath(named);
    const info = await fs.info(path);
    return { path, bytes: await fs.read(path), mode: (info?.mode ?? 0o644) & 0o7777 };
  } catch (error) {
    const why = hasCode(error, "ENOENT", "ENOTDIR")
      ? "there is no such script"
      : hasCode(error, "EISDIR")
        ? "it is a directory"
        : "it can't be read";
    throw new VenvoyError("FILE_UNREADABLE", `\`${printable(given, { newlines: false })}\`: ${why}`, {
      data: { file: named },
      cause: error,
    });
  }
}

function linesOf(bytes: Uint8Array): ReadonlyMap<string, HeaderLine> {
  const found = new Map<string, HeaderLine>();
  for (const { provider, requirement, line } of readHeader(bytes).requirements) {
    if (provider === "pip" && requirement !== undefined)
      found.set(requirement.name, { text: requirement.toString(), line });
  }
  return found;
}

function notInHeader(name: string, label: string): VenvoyError {
  return new VenvoyError("PACKAGE_NOT_INSTALLED", `The header of \`${label}\` doesn't ask for \`${name}\``, {
    hint: `venvoy run --explain ${label} says what it asks for`,
    data: { name, script: label },
  });
}
