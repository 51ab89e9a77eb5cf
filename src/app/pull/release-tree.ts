import { type AbsPath, byCodePoint, type Sha256 } from "../../base/index.ts";
import {
  type Built,
  formatReceipt,
  lockDigest,
  type Receipt,
  type ReceiptPackage,
  receiptFile,
  type TreeIdentity,
  type TreeRequest,
} from "../../env/index.ts";
import { normalizeName } from "../../pep/index.ts";
import { generationPin } from "../../python/index.ts";
import { type Lock, lockFromPylock } from "../../resolve/index.ts";
import { listPath, lockPath, publicationInvalid } from "../../share/index.ts";
import type { Context } from "../context.ts";

import type { TreeContent } from "./release.ts";

/** A release whose files are all in the store. */
export interface LocalRelease {
  /** Its version. */
  readonly python: string;
  /** As the record says it, or as the version of an environment does that was one. */
  readonly madeFor: { readonly platform: string } | { readonly base: string };
  readonly list: string;
  readonly content: TreeContent;
}

/** Where the tree of a Python has what. */
interface Shape {
  readonly program: string;
  readonly bin: string;
  readonly sitePackages: string;
  /** `3.13t` */
  readonly version: string;
}

/** How the tree of a release is made from the store. */
export async function treeRequest(
  context: Context,
  release: LocalRelease,
  { kind, signal }: { readonly kind: "central" | "directory"; readonly signal?: AbortSignal | undefined },
): Promise<TreeRequest> {
  const shape = shapeOf(release.content, context.layout.objects);
  const lock = await lockIn(context, release.content);
  const place = kind === "central" ? "named" : "directory";
  return {
    lock,
    ...(signal === undefined ? {} : { signal }),
    tree: {
      base: keyOf(shape, release),
      pythonVersion: release.python,
      make: (root, identity) => makeTree(context, { root, identity, release, shape, lock, place, signal }),
    },
  };
}

/** The lock of what a release holds; one without packages where its publisher wrote none. */
async function lockIn(context: Context, { files }: TreeContent): Promise<Lock> {
  const found = files.find(({ path }) => path === lockPath);
  if (found === undefined) return { packages: [] };
  return lockFromPylock(await context.fs.readText(context.objects.at(found)));
}

async function makeTree(
  context: Context,
  made: {
    readonly root: AbsPath;
    readonly identity: TreeIdentity;
    readonly release: LocalRelease;
    readonly shape: Shape;
    readonly lock: Lock;
    readonly place: "named" | "directory";
    readonly signal: AbortSignal | undefined;
  },
): Promise<Built> {
  const { fs } = context;
  const { root, release, shape, signal } = made;
  const { directories, files, links } = release.content;
  const at = (path: string): AbsPath => fs.path.join(root, ...path.split("/"));
  for (const directory of directories) await fs.makeDir(at(directory));
  const linkMode = await context.objects.place(root, files, signal);
  const directoryNames = new Set(directories);
  for (const { path, target } of links) {
    const leads = [...path.split("/").slice(0, -1), ...target.split("/")].join("/");
    await fs.symlink(target, at(path), directoryNames.has(leads) ? "directory" : "file");
  }
  const owned = await writePin(context, made);
  await fs.write(at(listPath), release.list);
  const packages = packagesIn(release.content, shape);
  const receipt: Receipt = {
    format: 1,
    id: made.identity.id,
    generation: made.identity.generation,
    tool: context.env.tool,
    madeMs: Math.round(context.clock.now()),
    lockDigest: lockDigest(made.lock),
    linkMode,
    base: {
      key: keyOf(shape, release),
      link: made.identity.home ?? root,
      version: release.python,
      program: shape.program,
    },
    bin: shape.bin,
    sitePackages: shape.sitePackages,
    packages,
    owned,
    layout: "standalone",
    pulled: true,
  };
  await fs.write(receiptFile(fs, root), formatReceipt(receipt));
  return { linkMode, packages: packages.length };
}

/** A Python that is started by the environment's name stays in its version, whatever is pulled meanwhile. */
async function writePin(
  { fs, system }: Context,
  {
    root,
    shape,
    place,
    release,
  }: {
    readonly root: AbsPath;
    readonly shape: Shape;
    readonly place: "named" | "directory";
    readonly release: LocalRelease;
  },
): Promise<readonly string[]> {
  const { fileName } = generationPin;
  const path = `${shape.sitePackages}/${fileName}`;
  if (release.content.files.some((one) => one.path === path)) return [];
  const os = system.os === "windows" ? "windows" : "posix";
  await fs.makeDir(fs.path.join(root, ...shape.sitePackages.split("/")));
  await fs.write(fs.path.join(root, ...path.split("/")), generationPin.textFor({ place, os }));
  return [fileName];
}

/** By the file that every Python has; where it is says the rest. */
function shapeOf({ files, links }: TreeContent, label: AbsPath): Shape {
  const names = new Set([...files, ...links].map(({ path }) => path));
  for (const path of names) {
    const version = /^lib\/python(\d+\.\d+t?)\/os\.py$/.exec(path)?.[1];
    if (version !== undefined && names.has("bin/python")) {
      return { program: "bin/python", bin: "bin", sitePackages: `lib/python${version}/site-packages`, version };
    }
    if (path === "Lib/os.py" && names.has("python.exe"))
      return { program: "python.exe", bin: "Scripts", sitePackages: "Lib/site-packages", version: "" };
  }
  throw publicationInvalid(label, "lists no tree with a Python of its own");
}

function keyOf({ version }: Shape, { python, madeFor }: LocalRelease): string {
  if ("base" in madeFor) return madeFor.base;
  const [os = "", machine = "", libc = ""] = madeFor.platform.split("-");
  const minor = version === "" ? python.split(".").slice(0, 2).join(".") : version;
  return ["cpython", minor, os, machine, ...(libc.startsWith("musl") ? ["musl"] : [])].join("-");
}

/** The packages as their directories name them; what describes each stands for the file that it came from. */
function packagesIn({ files }: TreeContent, { sitePackages }: Shape): readonly ReceiptPackage[] {
  const below = `${sitePackages}/`;
  const found = new Map<string, { sha256?: Sha256; requested: boolean }>();
  for (const { path, sha256 } of files) {
    const inside = path.startsWith(below) ? path.slice(below.length) : "";
    const [distInfo = "", file = "", ...deeper] = inside.split("/");
    if (!distInfo.endsWith(".dist-info") || deeper.length > 0) continue;
    const known = found.get(distInfo) ?? { requested: false };
    if (file === "METADATA") known.sha256 = sha256;
    if (file === "REQUESTED") known.requested = true;
    found.set(distInfo, known);
  }
  return [...found]
    .flatMap(([distInfo, { sha256, requested }]): ReceiptPackage[] => {
      const [, name, version] = /^(.+)-([^-]+)\.dist-info$/.exec(distInfo) ?? [];
      if (name === undefined || version === undefined || sha256 === undefined) return [];
      return [{ name: normalizeName(name), version, sha256, distInfo, requested }];
    })
    .sort((a, b) => byCodePoint(a.name, b.name));
}
