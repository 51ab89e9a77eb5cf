import type { AbsPath } from "../../base/index.ts";
import type { Fs } from "../../ports/index.ts";
import type { LeftOut } from "./distribution.ts";
import { entriesOf } from "./entries.ts";

/** What conda's own records (`conda-meta/*.json`) say about an environment. */
export interface CondaRecords {
  readonly python: string | undefined;
  /** Entries of site-packages that conda put there, and whether a person asked for the package. */
  readonly entries: ReadonlyMap<string, { readonly requested: boolean }>;
  /** Packages without Python metadata: nothing but conda has them. */
  readonly condaOnly: readonly { readonly name: string; readonly version: string }[];
  readonly problems: readonly LeftOut[];
}

/** What every environment has of its own. */
const always = new Set(["python", "pip", "setuptools", "wheel", "python_abi", "tzdata", "ca-certificates"]);

export async function readCondaRecords(fs: Fs, root: AbsPath): Promise<CondaRecords> {
  const directory = fs.path.join(root, "conda-meta");
  const entries = new Map<string, { readonly requested: boolean }>();
  const condaOnly: { name: string; version: string }[] = [];
  const problems: LeftOut[] = [];
  let python: string | undefined;
  for (const file of await entriesOf(fs, directory)) {
    if (!file.endsWith(".json")) continue;
    const record = await readRecord(fs, fs.path.join(directory, file));
    if (record === undefined) {
      problems.push({ what: `conda-meta/${file}`, why: "it can't be read" });
      continue;
    }
    if (record.name === "python") python = /^\d+\.\d+/.exec(record.version)?.[0];
    for (const entry of record.entries) entries.set(entry, { requested: record.requested });
    if (record.entries.length === 0 && !always.has(record.name))
      condaOnly.push({ name: record.name, version: record.version });
  }
  return { python, entries, condaOnly, problems };
}

interface CondaRecord {
  readonly name: string;
  readonly version: string;
  readonly requested: boolean;
  readonly entries: readonly string[];
}

async function readRecord(fs: Fs, file: AbsPath): Promise<CondaRecord | undefined> {
  try {
    const value = JSON.parse(await fs.readText(file)) as Record<string, unknown>;
    const { name, version, requested_spec: spec, files } = value;
    if (typeof name !== "string" || typeof version !== "string") return undefined;
    const found = (Array.isArray(files) ? files : []).flatMap((one) => {
      const entry =
        typeof one === "string" ? /site-packages[\\/]([^\\/]+\.(?:dist|egg)-info)/.exec(one)?.[1] : undefined;
      return entry === undefined ? [] : [entry];
    });
    const requested = typeof spec === "string" && spec !== "" && spec !== "None";
    return { name, version, requested, entries: [...new Set(found)] };
  } catch {
    // One damaged record must not hide the others; the caller lists it.
    return undefined;
  }
}
