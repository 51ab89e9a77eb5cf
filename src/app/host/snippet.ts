import { type AbsPath, isVenvoyError, nearest, printable, typedWord, VenvoyError } from "../../base/index.ts";
import { isDirectoryName } from "../../env/index.ts";
import {
  findProfile,
  type HostProfile,
  hostNames,
  type SnippetLanguage,
  type StartupFile,
  snippetIn,
  startupFiles,
  templateOf,
} from "../../host/index.ts";
import { type Context, pathFrom } from "../context.ts";
import type { OperationOptions } from "../requests.ts";
import { hostFit, unfit } from "./fit.ts";
import { type HostTree, hostTree } from "./host-tree.ts";
import { factsOf } from "./snippet-facts.ts";
import { type SnippetWriting, writeSnippet } from "./startup-file.ts";
import { startupPlace } from "./startup-place.ts";

export interface HostSnippetRequest extends OperationOptions {
  /** A kind of program (`maya`), or a host that `host add` knows. */
  readonly for: string;
  /** The environment, a directory of packages, or a share; else the active one. */
  readonly name?: string;
  /** Of several that the program's startup files can be written in. */
  readonly language?: SnippetLanguage;
  /** The same place as the machines of those who use it see it; several where they differ. */
  readonly seenAs?: readonly string[];
  /** For a batch file: the program, as it is named there. */
  readonly program?: string;
  /** Into another file than the program's own. */
  readonly file?: string;
  readonly write?: "put" | "remove";
  /** Say what would be written, and write nothing. */
  readonly dryRun?: boolean;
}

export interface HostSnippetReport {
  readonly for: string;
  readonly title: string;
  readonly environment: { readonly name: string; readonly path: AbsPath };
  readonly language: SnippetLanguage;
  readonly text: string;
  /** Into which file it goes, as a sentence for people. */
  readonly where: string;
  /** That file on this machine, where it is known. */
  readonly file: AbsPath | undefined;
  readonly notes: readonly string[];
  readonly writing?: SnippetWriting;
}

/**
 * Lines for a program's own startup file, which give it an environment's packages whenever somebody starts it. With `write`
 * they are put into that file, or taken out. Throws `HOST_UNKNOWN`, `HOST_UNFIT`, `ARGUMENT_INVALID`.
 */
export async function hostSnippet(context: Context, request: HostSnippetRequest): Promise<HostSnippetReport> {
  const { kind, profile } = await programNamed(context, request.for);
  const title = profile?.title ?? templateOf(kind)?.title ?? kind;
  const file = languageOf(kind, request.language);
  if (request.write === "remove") return removal(context, request, { kind, profile, title, file });
  const tree = await hostTree(context, request.name, request.signal);
  const fit = profile === undefined ? { faults: [], notes: [] } : await hostFit(context, profile, tree, request.signal);
  if (profile !== undefined && fit.faults.length > 0) throw unfit(profile, tree, fit.faults);
  if (file.language === "env" || file.language === "path") await checkLink(context, tree);
  const facts = await factsOf(context, tree, {
    template: kind,
    seenAs: request.seenAs ?? [],
    program: request.program,
  });
  const text = snippetIn(file.language, facts);
  const place =
    request.file === undefined
      ? await startupPlace(context, file, { python: facts.python, label: markOf(tree), profile })
      : pathFrom(context, request.file);
  const report: HostSnippetReport = {
    for: kind,
    title,
    environment: { name: tree.label, path: tree.root },
    language: file.language,
    text,
    where: file.where,
    file: place,
    notes: [...fit.notes, ...notesFor(file.language, tree.kind)].map((note) => printable(note)),
  };
  if (request.write === undefined) return report;
  if (place === undefined) throw placeUnknown(title, file.where, request);
  const isOwn = file.own === true && request.file === undefined;
  const writing = await writeSnippet(context, {
    path: place,
    text,
    language: file.language,
    label: markOf(tree),
    isOwn,
    remove: false,
    dryRun: request.dryRun === true,
  });
  return { ...report, writing };
}

interface Meant {
  readonly kind: string;
  readonly profile: HostProfile | undefined;
  readonly title: string;
  readonly file: StartupFile;
}

/** Lines go also when the environment that they are for is gone. */
async function removal(
  context: Context,
  request: HostSnippetRequest,
  { kind, profile, title, file }: Meant,
): Promise<HostSnippetReport> {
  const named = await hostTree(context, request.name, request.signal).catch((error: unknown) => {
    if (request.name !== undefined && isVenvoyError(error) && error.code !== "ABORTED") return undefined;
    throw error;
  });
  const path = named?.root ?? pathFrom(context, request.name ?? "");
  const label = named === undefined ? markOfGone(request.name ?? "", path) : markOf(named);
  const python = (named?.python ?? profile?.version ?? "3.9").split(".").slice(0, 2).join(".");
  const place =
    request.file === undefined
      ? await startupPlace(context, file, { python, label, profile })
      : pathFrom(context, request.file);
  if (place === undefined) throw placeUnknown(title, file.where, request);
  const writing = await writeSnippet(context, {
    path: place,
    text: "",
    language: file.language,
    label,
    isOwn: file.own === true && request.file === undefined,
    remove: true,
    dryRun: request.dryRun === true,
  });
  const { language, where } = file;
  return {
    for: kind,
    title,
    environment: { name: named?.label ?? label, path },
    language,
    text: "",
    where,
    file: place,
    notes: [],
    writing,
  };
}

/** Whose lines they are: environments are known by name, and two shares or directories of one name by where they are. */
function markOf({ label, root, environment }: Pick<HostTree, "label" | "root" | "environment">): string {
  return environment?.kind === "central" ? label : root;
}

const markOfGone = (name: string, path: AbsPath): string => (isDirectoryName(name) ? path : name);

/** What holds paths alone needs one that leads to whichever release is current. */
async function checkLink({ fs }: Context, tree: HostTree): Promise<void> {
  if (tree.kind !== "publication" || (await fs.info(fs.path.join(tree.root, "current"))) !== undefined) return;
  throw new VenvoyError(
    "HOST_INVALID",
    `\`${printable(tree.root)}\` has no link \`current\`, so no path leads to its releases`,
    {
      hint: `venvoy pull ${typedWord(tree.root)} ${typedWord(tree.label)} makes a local environment, which has a path that stays`,
      data: { path: tree.root },
    },
  );
}

function notesFor(language: SnippetLanguage, kind: "environment" | "publication" | "directory"): readonly string[] {
  if (kind === "directory") return [];
  const what = kind === "publication" ? "release" : "version";
  if (language === "env" || language === "path")
    return [`such a file can't look for a ${what}: a running program sees the next one at its next import`];
  return [];
}

/** A known host, or a kind of program; `rhino` is whichever Rhino is known here, else the older. */
async function programNamed(
  context: Context,
  name: string,
): Promise<{ readonly kind: string; readonly profile: HostProfile | undefined }> {
  const { fs, layout } = context;
  const known = await hostNames(fs, layout);
  const meant = name === "rhino" ? (known.find((one) => one.startsWith("rhino")) ?? "rhino8") : name;
  const profile = known.includes(meant) ? await findProfile(fs, layout, meant) : undefined;
  const kind = profile?.template ?? meant;
  if (startupFiles[kind] !== undefined) return { kind, profile };
  const kinds = Object.keys(startupFiles);
  const [near] = nearest(name, [...kinds, ...known], { limit: 1 });
  throw new VenvoyError("HOST_UNKNOWN", `No startup file of \`${printable(name, { newlines: false })}\` is known`, {
    hint:
      near === undefined
        ? `known programs: ${kinds.join(", ")}`
        : `did you mean \`${near}\`? known: ${kinds.join(", ")}`,
    data: { name, kinds },
  });
}

function languageOf(kind: string, wanted: SnippetLanguage | undefined): StartupFile {
  const files = startupFiles[kind] ?? [];
  const [first] = files;
  if (wanted === "bat" && first !== undefined && kind.startsWith("rhino") === false) {
    return {
      language: "bat",
      above: {},
      file: "",
      where:
        "a batch file that artists start in place of the program" +
        (first.language === "maxscript"
          ? "; the answer of --lang maxscript goes beside it, as `venvoy\\venvoy.ms`"
          : ""),
      sources: first.sources,
    };
  }
  const found = wanted === undefined ? first : files.find(({ language }) => language === wanted);
  if (found !== undefined) return found;
  throw new VenvoyError("ARGUMENT_INVALID", `The startup files of ${kind} are not written in ${wanted ?? "that"}`, {
    hint: `--lang takes ${[...files.map(({ language }) => language), ...(kind.startsWith("rhino") ? [] : ["bat"])].join(", ")}`,
    data: { kind, language: wanted },
  });
}

function placeUnknown(title: string, where: string, request: HostSnippetRequest): VenvoyError {
  return new VenvoyError("HOST_INVALID", `Where ${title} looks for its startup file here isn't known`, {
    hint: `start it once, or name the file: --file PATH (${where})`,
    data: { for: request.for },
  });
}
