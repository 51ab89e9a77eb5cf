import type { AbsPath } from "../../base/index.ts";
import type { Environment } from "../../env/index.ts";
import { parseDirectUrl } from "../../pep/index.ts";
import { type Lock, type LockedFile, type LockedPackage, lockToPylock } from "../../resolve/index.ts";
import { lockPath } from "../../share/index.ts";
import type { Context } from "../context.ts";
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
  options: StandaloneOptions = {},
): Promise<Sealed> {
  const { fs } = context;
  const tree = await buildStandalone(context, environment, root, signal, options);
  const version = environment.current.number;
  const platform = platformOf(context);
  const facts = { format: 1, name: environment.label, version, python: tree.pythonVersion, platform };
  await fs.makeDir(fs.path.join(root, ".venvoy"));
  await fs.write(fs.path.join(root, ...factsFile.split("/")), `${JSON.stringify(facts, undefined, 2)}\n`);
  await fs.write(fs.path.join(root, ...lockPath.split("/")), lockToPylock(portableLock(tree.lock)));
  const list = await listingOf(fs, root, await tree.members());
  await fs.write(fs.path.join(root, ...listFile.split("/")), list);
  return { tree, version, platform, list, members: await tree.members() };
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
