import { type AbsPath, compareCodePoints, parseSha256 } from "../../base/index.ts";
import { createHash } from "../../codec/index.ts";
import { unpackZip } from "../../disk/index.ts";
import { tryParseSpecifierSet, tryParseVersion } from "../../pep/index.ts";
import { findInterpreters, newestPip } from "../../python/index.ts";
import type { UnpackedRelease } from "../../runtime/index.ts";
import type { Context } from "../context.ts";
import { askOptions } from "../solve.ts";

/**
 * Puts pip where a release has none (python.org's embeddable packages, installations without `ensurepip`'s work done):
 * from the wheel that it carries itself, else the newest one that a Python on this machine carries and that takes this
 * version. False when there is none; the Python is of use without.
 */
export async function givePip(
  context: Context,
  { root, os }: UnpackedRelease,
  { version, signal }: { readonly version: string | undefined; readonly signal: AbortSignal | undefined },
): Promise<boolean> {
  const { fs } = context;
  const library = await libraryOf(context, root, os);
  if (library === undefined) return false;
  const site = fs.path.join(library, "site-packages");
  if ((await fs.info(fs.path.join(site, "pip"))) !== undefined) return true;
  const bundled = fs.path.join(library, "ensurepip", "_bundled");
  const own = newestPip(
    ((await fs.list(bundled)) ?? [])
      .filter(({ name }) => name.endsWith(".whl"))
      .map(({ name }) => fs.path.join(bundled, name)),
  );
  const wheel = own ?? (await wheelOfOthers(context, version, signal));
  if (wheel === undefined) return false;
  await fs.makeDir(site);
  await unpackZip(context, wheel, site);
  return true;
}

async function libraryOf({ fs }: Context, root: AbsPath, os: UnpackedRelease["os"]): Promise<AbsPath | undefined> {
  if (os === "windows") return fs.path.join(root, "Lib");
  const lib = fs.path.join(root, "lib");
  const found = ((await fs.list(lib)) ?? []).find(
    ({ name, kind }) => kind === "directory" && /^python3\.\d+t?$/.test(name),
  );
  return found === undefined ? undefined : fs.path.join(lib, found.name);
}

async function wheelOfOthers(
  context: Context,
  version: string | undefined,
  signal: AbortSignal | undefined,
): Promise<AbsPath | undefined> {
  const parsed = version === undefined ? undefined : tryParseVersion(version);
  if (parsed === undefined) return undefined;
  const reports = await findInterpreters(context, askOptions(context, signal));
  const wheels = [...new Set(reports.flatMap((one) => ("ok" in one ? (one.ok.bundledPip ?? []) : [])))].sort(
    compareCodePoints,
  );
  const fitting: AbsPath[] = [];
  for (const wheel of wheels) {
    const bytes = await context.fs.read(wheel);
    const sha256 = parseSha256(createHash("sha256").update(bytes).digest("hex"));
    const artifact =
      (await context.store.find(sha256)) ??
      (await context.store.add(wheel, { filename: context.fs.path.name(wheel), sha256 }));
    const { requiresPython } = artifact;
    const range = requiresPython === undefined ? undefined : tryParseSpecifierSet(requiresPython);
    if (range === undefined || range.contains(parsed, { prereleases: true })) fitting.push(wheel);
  }
  return newestPip(fitting);
}
