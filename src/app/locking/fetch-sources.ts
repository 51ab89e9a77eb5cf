import { createHash } from "node:crypto";
import type { AbsPath } from "../../base/index.ts";
import { type Address, buildWheel } from "../../build/index.ts";
import { explainingDisk, withStage } from "../../disk/index.ts";
import { parseWheelName, TagRank } from "../../pep/index.ts";
import type { PackageSource } from "../../pypi/index.ts";
import type { Interpreter } from "../../python/index.ts";
import { type FoundSources, findSources, jobOf } from "../building/addresses.ts";
import { type HousedSource, housedText, placeOfAddress, readHoused, sourcesListName } from "../building/housed.ts";
import { Workshop } from "../building/workshop.ts";
import type { Context } from "../context.ts";
import type { ResolveChoices } from "../requests.ts";
import { type archivesOf, type SourceWanted, twoFiles } from "./wanted-sources.ts";

export interface SourceWheel {
  readonly filename: string;
  readonly state: "built" | "there" | "missing";
}

export interface SourcesWay {
  readonly choices: ResolveChoices;
  readonly source: PackageSource;
  /** To build with where the target is none of this machine's Pythons. */
  readonly helper: () => Promise<Interpreter | undefined>;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/**
 * Puts a wheel of every repository and directory into a wheelhouse, and writes down what it was built from. What lies
 * there already, built from the same, stays. The notes name those that targets can't use.
 */
export async function bringSourceWheels(
  context: Context,
  directory: AbsPath,
  {
    sources,
    archives,
    way,
  }: {
    readonly sources: readonly SourceWanted[];
    readonly archives: ReturnType<typeof archivesOf>;
    readonly way: SourcesWay;
  },
): Promise<{ readonly wheels: readonly SourceWheel[]; readonly notes: readonly string[] }> {
  const listed = new Map((await readHoused(context, directory)).map((entry) => [entry.file, entry]));
  const before = housedText([...listed.values()]);
  const wheels = new Map<string, SourceWheel>();
  const notes: string[] = [];
  for (const { filename, sha256 = "", of } of archives) {
    listed.set(filename, { ...entryOf(context, of, sha256), file: filename, sha256 });
  }
  for (const one of sources) {
    const { address } = one;
    if (address.kind === "archive") continue;
    if (address.kind === "directory" && address.editable) {
      notes.push(`not fetched: ${one.name}; it is edited in place, so \`${address.path}\` itself must be there`);
      continue;
    }
    const unfit = await bringWheels(context, directory, { one: { ...one, address }, listed, wheels, way });
    if (unfit.length > 0) {
      notes.push(
        `${one.name} is compiled from \`${placeOfAddress(context, address)}\`: no wheel of it for ${unfit.join(", ")}`,
      );
    }
  }
  const after = housedText([...listed.values()].sort((a, b) => (a.file < b.file ? -1 : 1)));
  if (!way.dryRun && listed.size > 0 && after !== before) {
    const file = context.fs.path.join(directory, sourcesListName);
    await explainingDisk(directory, () => context.fs.writeAtomic(file, after));
  }
  return { wheels: [...wheels.values()], notes };
}

type Buildable = SourceWanted & { readonly address: Exclude<Address, { kind: "archive" }> };

/** Answers the targets that none of the wheels is for. */
async function bringWheels(
  context: Context,
  directory: AbsPath,
  {
    one,
    listed,
    wheels,
    way,
  }: {
    readonly one: Buildable;
    readonly listed: Map<string, HousedSource>;
    readonly wheels: Map<string, SourceWheel>;
    readonly way: SourcesWay;
  },
): Promise<readonly string[]> {
  const unfit: string[] = [];
  const tried = new Set<Interpreter>();
  for (const { name: label, target, interpreter } of one.targets) {
    const builder = interpreter ?? (await way.helper());
    if (builder === undefined) {
      unfit.push(label);
      continue;
    }
    const building = { way: { interpreter: builder, choices: way.choices, within: [] }, ...way, ...one };
    const found = await findSources(context, one.address, building);
    const entry = entryOf(context, one, found.from);
    const ranks = new TagRank(target.tags);
    const fits = (file: string): boolean => ranks.ofSet(parseWheelName(file).tagText) !== undefined;
    const there = await fittingEntry(context, directory, { listed, entry, fits });
    if (there !== undefined) {
      if (!wheels.has(there)) wheels.set(there, { filename: there, state: "there" });
      continue;
    }
    if (tried.has(builder) || way.dryRun) {
      if (way.dryRun) wheels.set(String(one.name), { filename: one.name, state: "missing" });
      else unfit.push(label);
      continue;
    }
    tried.add(builder);
    const isTaken = (file: string): boolean => wheels.has(file) && listed.get(file)?.key !== entry.key;
    const made = await buildInto(context, directory, { one, found, building, isTaken, signal: way.signal });
    listed.set(made.file, { ...entry, ...made });
    wheels.set(made.file, { filename: made.file, state: "built" });
    if (!fits(made.file)) unfit.push(label);
  }
  return unfit;
}

function entryOf(
  context: Context,
  { name, address, commit }: SourceWanted,
  from: string,
): Omit<HousedSource, "file" | "sha256"> {
  return {
    name,
    place: placeOfAddress(context, address),
    key: createHash("sha256").update(from).digest("hex").slice(0, 40),
    ...(commit === undefined ? {} : { commit }),
    // Asked for by the commit itself, an earlier word for it stays.
    ...(address.kind !== "git" || address.revision === undefined || address.revision === commit
      ? {}
      : { revision: address.revision }),
  };
}

async function fittingEntry(
  { fs }: Context,
  directory: AbsPath,
  {
    listed,
    entry,
    fits,
  }: {
    readonly listed: Map<string, HousedSource>;
    readonly entry: Omit<HousedSource, "file" | "sha256">;
    readonly fits: (file: string) => boolean;
  },
): Promise<string | undefined> {
  for (const one of listed.values()) {
    if (one.key !== entry.key || one.name !== entry.name || !fits(one.file)) continue;
    const [digest] = await fs.digests([fs.path.join(directory, one.file)]);
    if (digest !== one.sha256) continue;
    // The same commit may be asked for by another branch today.
    listed.set(one.file, { ...one, ...entry });
    return one.file;
  }
  return undefined;
}

async function buildInto(
  context: Context,
  directory: AbsPath,
  {
    one,
    found,
    building,
    isTaken,
    signal,
  }: {
    readonly one: Buildable;
    readonly found: FoundSources;
    readonly building: { readonly way: ConstructorParameters<typeof Workshop>[1] };
    readonly isTaken: (file: string) => boolean;
    readonly signal: AbortSignal;
  },
): Promise<Pick<HousedSource, "file" | "sha256">> {
  const { fs } = context;
  const job = jobOf(context, one.url, { address: one.address, found, name: one.name });
  return new Workshop(context, building.way).open(job, signal, async ({ options, environments }) => {
    const wheel = await buildWheel(context, options, environments);
    const file = fs.path.name(wheel);
    if (isTaken(file)) throw twoFiles(file);
    const [sha256] = await fs.digests([wheel]);
    if (sha256 === undefined) throw new Error(`\`${wheel}\` is gone`);
    // The stage lies in the directory itself: a rename is then a rename, whatever disk that is.
    await withStage(context, directory, ".fetch", async (stage) => {
      const half = fs.path.join(stage, file);
      await explainingDisk(directory, () => fs.copyFile(wheel, half));
      await explainingDisk(directory, () => fs.rename(half, fs.path.join(directory, file)));
    });
    return { file, sha256 };
  });
}
