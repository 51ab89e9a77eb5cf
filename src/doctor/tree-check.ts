import { type AbsPath, byCodePoint, isVenvoyError, printable } from "../base/index.ts";
import { type Installed, readInstalled } from "../env/index.ts";
import { parseRecord } from "../pep/index.ts";
import { type Finding, finding } from "./finding.ts";
import type { DoctorIo, Patient } from "./patient.ts";

const shownFiles = 3;

/** What by-hand work or a kill of another tool did to a tree: missing files against RECORD, a package recorded twice. */
export async function checkTree(io: DoctorIo, patient: Patient): Promise<readonly Finding[]> {
  const { environment, receipt, label } = patient;
  if (environment === undefined || receipt === undefined) return [];
  const { fs } = io;
  const tree = environment.current.root;
  const site = fs.path.join(tree, ...receipt.sitePackages.split("/"));
  const installed = await readInstalled(io, site);
  const listing = cachedListing(io);
  const findings: Finding[] = [];
  for (const one of installed) {
    const missing = await missingFiles(io, { tree, site, entry: one.entry, form: one.form }, listing);
    if (missing.length === 0) continue;
    const more = missing.length > shownFiles ? ` and ${missing.length - shownFiles} more` : "";
    const files = missing.length === 1 ? "a file is" : `${missing.length} files are`;
    const shown = missing.slice(0, shownFiles).join(", ");
    const sentence = printable(`${files} missing of ${one.displayName} ${one.version}: ${shown}${more}`, {
      newlines: false,
    });
    findings.push(finding("files-missing", { environment: label, sentence, place: fs.path.join(site, one.entry) }));
  }
  for (const [first, second] of doubled(installed)) {
    const sentence = `${first.displayName} is recorded twice, as ${first.version} and as ${second.version}`;
    findings.push(
      finding("package-doubled", { environment: label, sentence, place: fs.path.join(site, second.entry) }),
    );
  }
  return findings;
}

/** Bytecode may go at any time; what lies outside the tree is not its own. */
async function missingFiles(
  { fs }: DoctorIo,
  { tree, site, entry, form }: { tree: AbsPath; site: AbsPath; entry: string; form: Installed["form"] },
  listing: (directory: AbsPath) => Promise<ReadonlySet<string>>,
): Promise<readonly string[]> {
  const file = fs.path.join(site, entry, "RECORD");
  if (form !== "dist-info" || (await fs.info(file)) === undefined) return [];
  const missing: string[] = [];
  for (const path of recordedPaths(await fs.readText(file))) {
    if (path.endsWith(".pyc")) continue;
    const at = fs.path.resolve(site, path);
    if (!fs.path.isInside(tree, at) || (await listing(fs.path.directory(at))).has(fs.path.name(at))) continue;
    missing.push(path);
  }
  return missing.sort(byCodePoint);
}

/** A RECORD that can't be read promises nothing. */
function recordedPaths(text: string): readonly string[] {
  try {
    return parseRecord(text).map(({ path }) => path);
  } catch (error) {
    if (isVenvoyError(error, "WHEEL_INVALID")) return [];
    throw error;
  }
}

/** A thousand files of a package lie in some tens of directories: one look at each. */
function cachedListing({ fs }: DoctorIo): (directory: AbsPath) => Promise<ReadonlySet<string>> {
  const known = new Map<AbsPath, ReadonlySet<string>>();
  return async (directory) => {
    const found = known.get(directory);
    if (found !== undefined) return found;
    const names = new Set(((await fs.list(directory)) ?? []).map(({ name }) => name));
    known.set(directory, names);
    return names;
  };
}

function doubled(installed: readonly Installed[]): readonly (readonly [Installed, Installed])[] {
  const seen = new Map<string, Installed>();
  return installed.flatMap((one) => {
    const first = seen.get(one.name);
    seen.set(one.name, one);
    return first === undefined ? [] : [[first, one] as const];
  });
}
