import { type AbsPath, VenvoyError } from "../../base/index.ts";
import type { Environment } from "../../env/index.ts";
import { parseDirectUrl } from "../../pep/index.ts";
import { generationPin } from "../../python/index.ts";
import { type Lock, type LockedFile, type LockedPackage, lockToPylock } from "../../resolve/index.ts";
import { lockPath } from "../../share/index.ts";
import type { Context } from "../context.ts";
import { programIn } from "./carried.ts";
import { factsFile, listFile, listingOf, type TreeMember } from "./listing.ts";
import { buildStandalone, type StandaloneOptions, type StandaloneTree } from "./tree.ts";

/** A finished tree that says what it is and lists its files. */
export interface Sealed {
  readonly tree: StandaloneTree;
  readonly version: number;
  /** Of the machine that it was made for: `linux-x86_64-glibc2.36`. */
  readonly platform: string;
  /** The text of its list. */
  readonly list: string;
  readonly members: readonly TreeMember[];
}

/** Builds an environment's tree in an empty directory and writes it down. Throws as `buildStandalone`. */
export async function buildSealed(
  context: Context,
  environment: Environment,
  root: AbsPath,
  signal: AbortSignal,
  {
    venvoy,
    pinned = false,
    ...options
  }: StandaloneOptions & {
    /** A binary of venvoy that comes along. */
    readonly venvoy?: AbsPath;
    /** For a tree that is reached through a link which leads to another one later. */
    readonly pinned?: boolean;
  } = {},
): Promise<Sealed> {
  const { fs } = context;
  const tree = await buildStandalone(context, environment, root, signal, options);
  const version = environment.current.number;
  const platform = platformOf(context);
  const facts = { format: 1, name: environment.label, version, python: tree.pythonVersion, platform };
  await fs.makeDir(fs.path.join(root, ".venvoy"));
  await fs.write(fs.path.join(root, ...factsFile.split("/")), `${JSON.stringify(facts, undefined, 2)}\n`);
  await fs.write(fs.path.join(root, ...lockPath.split("/")), lockToPylock(portableLock(tree.lock)));
  if (venvoy !== undefined) await bringVenvoy(context, root, venvoy);
  if (pinned) await pin(context, root);
  const list = await listingOf(fs, root, await tree.members());
  await fs.write(fs.path.join(root, ...listFile.split("/")), list);
  return { tree, version, platform, list, members: await tree.members() };
}

/** A Python that is started through the link stays in the tree that it led to then. On Windows no link leads to a tree. */
async function pin({ fs, system }: Context, root: AbsPath): Promise<void> {
  if (system.os === "windows") return;
  const libraries = (await fs.list(fs.path.join(root, "lib"))) ?? [];
  for (const { name } of libraries.filter((one) => /^(?:python|pypy)\d/.test(one.name))) {
    const site = fs.path.join(root, "lib", name, "site-packages");
    const file = fs.path.join(site, generationPin.fileName);
    if ((await fs.info(site)) === undefined || (await fs.linkInfo(file)) !== undefined) continue;
    await fs.write(file, generationPin.textFor({ place: "directory", os: "posix" }));
  }
}

/** At the top, where somebody sees it who looks into the tree; a shell that the tree is activated in finds it, too. */
async function bringVenvoy({ fs, system }: Context, root: AbsPath, venvoy: AbsPath): Promise<void> {
  const { program, link } = programIn(system);
  const to = fs.path.join(root, program);
  if ((await fs.linkInfo(to)) !== undefined) throw taken(program);
  await fs.copyFile(venvoy, to);
  await fs.setMode(to, 0o755);
  if (link === undefined) return;
  const at = fs.path.join(root, ...link.split("/"));
  if ((await fs.linkInfo(at)) === undefined) await fs.symlink(`../${program}`, at, "file");
}

function taken(program: string): VenvoyError {
  return new VenvoyError("FILE_EXISTS", `A package brings a \`${program}\` of its own to the top of the tree`, {
    hint: "leave --with-venvoy out",
  });
}

function platformOf({ system }: Context): string {
  const libc = system.libc === undefined ? "" : `-${system.libc.kind}${system.libc.version}`;
  return `${system.os}-${system.machine}${libc}`;
}

/** Without what lies on this machine alone: others can't follow it, and a tree names no place. */
function portableLock(lock: Lock): Lock {
  const packages = lock.packages.map(({ wheel, source, directUrl, origin, ...rest }): LockedPackage => {
    const isFar = directUrl !== undefined && !isLocal(directUrl.reveal());
    const isKnown = origin !== undefined && !isLocal(parseDirectUrl(origin).url);
    return {
      ...rest,
      wheel: portableFile(wheel),
      ...(source === undefined ? {} : { source: portableFile(source) }),
      ...(isFar ? { directUrl } : {}),
      ...(isKnown ? { origin } : {}),
    };
  });
  return { ...lock, packages };
}

function portableFile({ url, index, ...file }: LockedFile): LockedFile {
  return {
    ...file,
    ...(url === undefined || isLocal(url.reveal()) ? {} : { url }),
    ...(index === undefined || isLocal(index.reveal()) ? {} : { index }),
  };
}

function isLocal(url: string | undefined): boolean {
  return url === undefined || /^(?:git\+)?file:/.test(url);
}
