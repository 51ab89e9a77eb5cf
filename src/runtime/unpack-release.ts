import type { AbsPath } from "../base/index.ts";
import { unpackTar, unpackZip } from "../disk/index.ts";
import type { Ports } from "../ports/index.ts";
import { releaseInvalid } from "./errors.ts";
import { type Movable, makeMovable } from "./movable/tree.ts";

type Io = Pick<Ports, "fs" | "system">;

/** A Python's files, unpacked. */
export interface UnpackedRelease {
  readonly root: AbsPath;
  readonly os: "windows" | "unix";
  /** The program, relative to the root with `/`. */
  readonly program: string;
  /** What was done so that it finds itself; nothing is needed on Windows. */
  readonly movable: Movable | undefined;
  /** The embeddable package's list of search paths, opened for installed packages. */
  readonly opened: boolean;
}

/** Where the tree of a Python begins in the archives that are known, and what says so. */
const shapes: readonly {
  readonly below: readonly string[];
  readonly program: string;
  readonly os: UnpackedRelease["os"];
}[] = [
  { below: [], program: "bin/python3", os: "unix" },
  { below: ["install"], program: "bin/python3", os: "unix" },
  { below: [], program: "python.exe", os: "windows" },
  { below: ["install"], program: "python.exe", os: "windows" },
  { below: ["tools"], program: "python.exe", os: "windows" },
];

/**
 * Unpacks a release into an empty directory and makes it find itself wherever it lies. The archive's digest was checked
 * before. Throws `ARCHIVE_INVALID`, or `RELEASE_INVALID` when no Python is in it.
 */
export async function unpackRelease(io: Io, archive: AbsPath, into: AbsPath): Promise<UnpackedRelease> {
  const { fs } = io;
  const head = await fs.readRange(archive, 0, 4);
  const isZip = head[0] === 0x50 && head[1] === 0x4b;
  const top = isZip ? await unpackZip(io, archive, into) : await unpackTar(fs, archive, into);
  for (const { below, program, os } of shapes) {
    const root = fs.path.join(top, ...below);
    if ((await fs.info(fs.path.join(root, ...program.split("/"))))?.kind !== "file") continue;
    const movable = os === "unix" ? await makeMovable(fs, root) : undefined;
    return { root, os, program, movable, opened: os === "windows" && (await openSearchPath(fs, root)) };
  }
  throw releaseInvalid(fs.path.name(archive), "holds no Python");
}

/**
 * python.org's embeddable package reads its search path from `pythonXY._pth` alone and leaves `site` out; packages are
 * found once both are named there.
 */
async function openSearchPath(fs: Io["fs"], root: AbsPath): Promise<boolean> {
  const list = ((await fs.list(root)) ?? []).find(({ name }) => /^python\d+\._pth$/i.test(name));
  if (list === undefined) return false;
  const file = fs.path.join(root, list.name);
  const lines = (await fs.readText(file)).split(/\r?\n/).filter((line) => !/^#?\s*import site\s*$/.test(line));
  while (lines.at(-1) === "") lines.pop();
  const packages = lines.some((line) => /^Lib[\\/]site-packages$/i.test(line.trim())) ? [] : ["Lib\\site-packages"];
  await fs.write(file, [...lines, ...packages, "import site", ""].join("\r\n"));
  await fs.makeDir(fs.path.join(root, "Lib", "site-packages"));
  return true;
}
