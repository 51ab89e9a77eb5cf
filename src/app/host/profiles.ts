import { type AbsPath, VenvoyError } from "../../base/index.ts";
import {
  askHost,
  findProfile,
  type HostProfile,
  hostExists,
  hostNames,
  openProfile,
  placesOf,
  plainPlace,
  profileFile,
  pythonUnfound,
  templateOf,
  templates,
  templateUnknown,
  writeProfile,
} from "../../host/index.ts";
import { type Context, pathFrom } from "../context.ts";
import type { OperationOptions } from "../requests.ts";

export interface HostAddRequest extends OperationOptions {
  readonly name: string;
  /** The host's Python; left out, it is looked for where the kind of host has it. */
  readonly python?: string;
  /** The program that a person starts; left out, it is looked for beside its Python and where the kind of host has it. */
  readonly program?: string;
  /** The kind of host; left out, the one of the host's own name, if there is one. */
  readonly template?: string;
  readonly siteDirs?: readonly string[];
  /** Where a host like Rhino keeps its environments. */
  readonly siteEnvs?: string;
  /** Ask a known host again; what a person added to the file by hand is kept where the question doesn't answer it. */
  readonly refresh?: boolean;
  readonly dryRun?: boolean;
}

export interface HostReport {
  readonly profile: HostProfile;
  readonly file: AbsPath;
  readonly note?: string;
}

/** Asks a host's Python what it is and writes the answer down. Throws `HOST_EXISTS`, `HOST_INVALID`, `HOST_UNKNOWN`. */
export async function addHost(context: Context, request: HostAddRequest): Promise<HostReport> {
  const { fs, layout, clock } = context;
  const file = profileFile(fs, layout, request.name);
  const known = await findProfile(fs, layout, request.name);
  if (known !== undefined && request.refresh !== true) throw hostExists(request.name);
  const kind = request.template ?? known?.template ?? request.name;
  const template = templateOf(kind);
  if (template === undefined && request.template !== undefined) {
    throw templateUnknown(
      request.template,
      templates.map((one) => one.id),
    );
  }
  const python = await pythonOf(context, request, known);
  const answer = await askHost(context, python, { stage: layout.stage, signal: request.signal });
  const { os } = context.system;
  const reads = await placesOf(context, template?.reads[os] ?? []);
  const typed = (request.siteDirs ?? []).map((path) => pathFrom(context, path));
  const profile: HostProfile = {
    name: request.name,
    title: known?.title ?? template?.title ?? request.name,
    template: template?.id,
    program: await programOf(context, request, { known, patterns: template?.application?.[os] ?? [], python }),
    python,
    ...answer,
    siteDirs: [
      ...new Set([...typed, ...(typed.length === 0 ? (known?.siteDirs ?? []) : []), ...answer.siteDirs, ...reads]),
    ],
    siteEnvs: siteEnvsOf(context, request, python) ?? known?.siteEnvs,
    pathDirs: pathDirsOf(context, template?.pathDirs?.[os] ?? [], known),
    honours: [...new Set([...answer.honours, ...(template?.program.honours ?? [])])].filter(
      (name) => template?.program.ignores.includes(name) !== true,
    ),
    ignores: [...new Set([...answer.ignores, ...(template?.program.ignores ?? [])])],
  };
  if (request.dryRun !== true) await writeProfile(fs, layout, profile, clock.now());
  return { profile, file, ...(template === undefined ? {} : { note: template.note }) };
}

async function pythonOf(context: Context, { python, template, name }: HostAddRequest, known: HostProfile | undefined) {
  if (python !== undefined) return pathFrom(context, python);
  if (known !== undefined) return known.python;
  const kind = templateOf(template ?? name);
  if (kind === undefined) {
    throw new VenvoyError("ARGUMENT_INVALID", `Where is the Python of \`${name}\`?`, {
      hint: `venvoy host add ${name} --python PATH; kinds that are looked for: ${templates.map((one) => one.id).join(", ")}`,
    });
  }
  const patterns = kind.python[context.system.os] ?? [];
  const [found] = await placesOf(context, patterns);
  if (found === undefined) throw pythonUnfound(kind.title, patterns);
  return found;
}

/** Of several installations, the one that the Python belongs to. */
async function programOf(
  context: Context,
  { program }: HostAddRequest,
  {
    known,
    patterns,
    python,
  }: { readonly known: HostProfile | undefined; readonly patterns: readonly string[]; readonly python: AbsPath },
): Promise<AbsPath | undefined> {
  if (program !== undefined) return pathFrom(context, program);
  if (known?.program !== undefined) return known.program;
  const found = await placesOf(context, patterns);
  const shared = (path: AbsPath): number => {
    const at = [...path].findIndex((char, index) => python[index] !== char);
    return at < 0 ? path.length : at;
  };
  return [...found].sort((a, b) => shared(b) - shared(a))[0];
}

/** Rhino's lie in the directory of its Python: `py39-rh8/site-envs`. */
function siteEnvsOf(context: Context, request: HostAddRequest, python: AbsPath): AbsPath | undefined {
  if (request.siteEnvs !== undefined) return pathFrom(context, request.siteEnvs);
  const kind = templateOf(request.template ?? request.name);
  const patterns = kind?.siteEnvs?.[context.system.os] ?? [];
  if (patterns.length === 0) return undefined;
  const { path } = context.fs;
  // The runtime's directory is below `.rhinocode`, wherever the root was moved to.
  for (let at = path.directory(python); at !== path.directory(at); at = path.directory(at)) {
    if (/^py\d+-rh\d+$/.test(path.name(at))) return path.join(at, "site-envs");
  }
  return plainPlace(context, patterns[0] ?? "");
}

function pathDirsOf(context: Context, patterns: readonly string[], known: HostProfile | undefined): readonly AbsPath[] {
  if (known !== undefined && known.pathDirs.length > 0) return known.pathDirs;
  return patterns.flatMap((pattern) => plainPlace(context, pattern) ?? []);
}

export interface HostSummary {
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly python: AbsPath;
  readonly bundled: number;
  /** Its Python is still there. */
  readonly present: boolean;
}

export interface HostList {
  readonly hosts: readonly HostSummary[];
  /** Kinds that are known and have no profile here. */
  readonly templates: readonly { readonly id: string; readonly title: string; readonly found: AbsPath | undefined }[];
}

export async function listHosts(context: Context): Promise<HostList> {
  const { fs, layout } = context;
  const hosts: HostSummary[] = [];
  for (const name of await hostNames(fs, layout)) {
    const { title, version, python, bundled } = await openProfile(fs, layout, name);
    const present = (await fs.info(python)) !== undefined;
    hosts.push({ name, title, version, python, bundled: bundled.length, present });
  }
  const open = templates.filter(({ id }) => !hosts.some((host) => host.name === id));
  const kinds = await Promise.all(
    open.map(async ({ id, title, python }) => {
      const [found] =
        id === "qgis" && context.system.os === "linux" ? [] : await placesOf(context, python[context.system.os] ?? []);
      return { id, title, found };
    }),
  );
  return { hosts, templates: kinds };
}

export async function showHost(context: Context, name: string): Promise<HostReport> {
  const { fs, layout } = context;
  const profile = await openProfile(fs, layout, name);
  const note = profile.template === undefined ? undefined : templateOf(profile.template)?.note;
  return { profile, file: profileFile(fs, layout, name), ...(note === undefined ? {} : { note }) };
}

/** Forgets a host; its program and its directories stay as they are. */
export async function removeHost(
  context: Context,
  name: string,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<HostReport> {
  const file = profileFile(context.fs, context.layout, name);
  const report = await showHost(context, name).catch(async (error: unknown) => {
    // One that can't be read must be removable, too.
    if ((await context.fs.info(file)) === undefined) throw error;
    return undefined;
  });
  if (!dryRun) await context.fs.remove(file);
  return report ?? { profile: { name, title: name } as HostProfile, file };
}
