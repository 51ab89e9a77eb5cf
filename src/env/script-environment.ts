import type { AbsPath } from "../base/index.ts";
import { createHash } from "../codec/index.ts";
import { publishDir, withStage } from "../disk/index.ts";
import type { LinkMode } from "../ports/index.ts";
import type { ArtifactsRequest, EnvContext } from "./change.ts";
import type { EnvIo } from "./env-io.ts";
import { buildTree, chooseMode } from "./generation.ts";
import { healTree } from "./heal.ts";
import { lockDigest } from "./lock-digest.ts";
import { linkText } from "./read-files.ts";
import { type Receipt, readReceipt } from "./receipt.ts";

/** A tree made for scripts; nobody installs into it, so it never changes and has no versions. */
export interface ScriptEnvironment {
  readonly key: string;
  readonly root: AbsPath;
  readonly receipt: Receipt;
}

export interface ScriptRequest extends ArtifactsRequest {
  readonly linkMode?: LinkMode | "fold";
  readonly systemSitePackages?: boolean;
  /** Packages alone, for a Python that is inside another program and has none of its own; its base is only a name. */
  readonly layout?: "plain";
}

/**
 * The name of the tree for a lock on an interpreter: two scripts that need the same share it. The interpreter counts by
 * its base and its version, so a patch upgrade makes a new tree with fitting bytecode.
 */
export function scriptKey(
  request: Pick<ScriptRequest, "lock" | "base" | "extraFiles" | "linkMode" | "systemSitePackages" | "layout">,
): string {
  const { base, extraFiles = [], linkMode = "fold", systemSitePackages = false, layout } = request;
  const facts = [
    1,
    lockDigest(request.lock),
    base.key,
    base.interpreter.version,
    linkMode,
    systemSitePackages,
    extraFiles.map((file) => [file.path, file.text]),
    ...(layout === undefined ? [] : [layout]),
  ];
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 32);
}

/** `undefined` when there is none, or its interpreter is gone. */
export async function findScriptEnvironment(
  io: EnvIo,
  context: Pick<EnvContext, "layout">,
  key: string,
): Promise<ScriptEnvironment | undefined> {
  const { fs } = io;
  const root = fs.path.join(context.layout.scripts, key);
  const receipt = await readReceipt(fs, root);
  if (receipt === undefined) return undefined;
  if (receipt.layout === "plain") return { key, root, receipt };
  const program = fs.path.join(receipt.base.link, ...receipt.base.program.split("/"));
  if ((await fs.info(program)) === undefined && !(await healTree(io, context, root))) return undefined;
  return { key, root, receipt };
}

/** Finds or builds the tree for a lock. Several processes may build it at once: the first to finish wins. */
export async function ensureScriptEnvironment(
  io: EnvIo,
  context: EnvContext,
  request: ScriptRequest,
): Promise<ScriptEnvironment> {
  const { fs } = io;
  const key = scriptKey(request);
  const root = fs.path.join(context.layout.scripts, key);
  const found = await readReceipt(fs, root);
  if (found !== undefined) return { key, root, receipt: found };
  // A directory without a receipt is not one of ours that was finished; it would block the name for ever. One that has come
  // since the first look came whole, from somebody who makes the same.
  if ((await fs.linkInfo(root)) !== undefined) {
    const made = await readReceipt(fs, root);
    if (made !== undefined) return { key, root, receipt: made };
    await fs.remove(root);
  }
  const receipt = await withStage(io, context.layout.stage, `script-${key}`, async (stage) => {
    const built = await buildTree(
      io,
      stage,
      {
        base: request.base,
        lock: request.lock,
        artifacts: request.artifacts,
        seeds: [],
        linkMode: request.linkMode ?? (await modeFor(io, context, request, stage)),
        systemSitePackages: request.systemSitePackages ?? false,
        layout: request.layout ?? "venv",
        extraFiles: request.extraFiles ?? [],
        place: "script",
        bytecode: "along",
        tool: context.tool,
      },
      {
        identity: { id: key, generation: 1, home: root },
        ...(request.signal === undefined ? {} : { signal: request.signal }),
        ...(request.parent === undefined ? {} : { parent: request.parent }),
      },
    );
    // File systems keep the order of names, so that after a crash there is a whole tree or none; then it is made again.
    await publishDir(fs, stage, root, { lasts: false });
    return built;
  });
  return { key, root, receipt };
}

/** What installs and removes packages would reach through a link to a whole directory into the store. */
const installers: ReadonlySet<string> = new Set(["flit", "pdm", "pip", "poetry", "uv"]);

async function modeFor(
  io: EnvIo,
  { layout }: Pick<EnvContext, "layout">,
  { artifacts }: ScriptRequest,
  stage: AbsPath,
): Promise<LinkMode | "fold"> {
  const isWrittenTo = artifacts.some((artifact) => installers.has(artifact.name));
  return isWrittenTo ? chooseMode(io, undefined, layout.wheels, stage) : "fold";
}

/** Remembers which tree a header leads to; the cache's memory of it may vanish, this one lasts as long as the tree. */
export async function rememberHeader(
  io: Pick<EnvIo, "fs">,
  { layout }: Pick<EnvContext, "layout">,
  headerDigest: string,
  key: string,
): Promise<void> {
  const { fs } = io;
  const directory = headersDir(io, layout.scripts);
  await fs.makeDir(directory);
  await fs.replaceLink(`../${key}`, fs.path.join(directory, headerDigest), "directory");
}

/** The tree that a header led to last time; two small reads. */
export async function recallHeader(
  io: EnvIo,
  context: Pick<EnvContext, "layout">,
  headerDigest: string,
): Promise<ScriptEnvironment | undefined> {
  if (!/^[0-9a-f]{16,64}$/.test(headerDigest)) return undefined;
  const { fs } = io;
  const target = await linkText(fs, fs.path.join(headersDir(io, context.layout.scripts), headerDigest));
  const key = target?.split(/[\\/]/).at(-1);
  return key === undefined || !isScriptKey(key) ? undefined : findScriptEnvironment(io, context, key);
}

/** All finished script environments. */
export async function listScriptEnvironments(
  io: Pick<EnvIo, "fs">,
  { layout }: Pick<EnvContext, "layout">,
): Promise<readonly ScriptEnvironment[]> {
  const { fs } = io;
  const found: ScriptEnvironment[] = [];
  for (const { name, kind } of (await fs.list(layout.scripts)) ?? []) {
    if (kind !== "directory" || !isScriptKey(name)) continue;
    const root = fs.path.join(layout.scripts, name);
    const receipt = await readReceipt(fs, root);
    if (receipt !== undefined) found.push({ key: name, root, receipt });
  }
  return found;
}

function isScriptKey(name: string): boolean {
  return /^[0-9a-f]{32}$/.test(name);
}

/** Holds one link per header digest. */
export function headersDir(io: Pick<EnvIo, "fs">, scripts: AbsPath): AbsPath {
  return io.fs.path.join(scripts, ".headers");
}
