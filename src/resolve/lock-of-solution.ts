import { byCodePoint, type PackageName, parseSha256, type Sha256 } from "../base/index.ts";
import { hostFaultClause } from "../native/index.ts";
import type { FileMetadata, ListedFile, PackageSource } from "../pypi/index.ts";
import type { Demands } from "./demands.ts";
import type { Lock, LockedFile, LockedPackage } from "./lock.ts";
import type { Needs } from "./needs.ts";
import { isFile, type Project } from "./project.ts";
import type { Pack, PypiProvider } from "./pypi-provider.ts";
import { readRequiresPython, type WheelChooser } from "./wheel-choice.ts";

/** What the solver chose, and what is worth telling about it. */
export interface LockedSolution {
  readonly lock: Lock;
  /** Sentences for the reader: yanked versions, extras that don't exist. */
  readonly notices: readonly string[];
}

export interface SolutionParts {
  readonly demands: Demands;
  readonly source: PackageSource;
  readonly provider: PypiProvider;
  readonly chooser: WheelChooser;
  readonly needs: Needs;
}

/** Turns chosen candidates into a lock. Every chosen wheel's metadata is in memory by now. */
export function lockOfSolution(
  chosen: ReadonlyMap<Pack, number>,
  { demands, source, provider, chooser, needs }: SolutionParts,
): LockedSolution {
  const notices: string[] = [];
  const extras = new Map<Project, string[]>();
  for (const pack of chosen.keys()) {
    if (pack.kind !== "extra") continue;
    const known = extras.get(pack.project);
    if (known === undefined) extras.set(pack.project, [pack.extra]);
    else known.push(pack.extra);
  }
  const packages: LockedPackage[] = [];
  for (const [pack, index] of chosen) {
    if (pack.kind !== "project") continue;
    const file = pack.file(index);
    if (!isFile(file)) throw new Error(`\`${pack.name}\` was chosen without a file`);
    const metadata = provider.metadataSeen(file) ?? source.metadataNow(pack.describing(index, file));
    if (metadata === undefined) throw new Error(`the metadata of \`${file.filename}\` was dropped`);
    const wanted = (extras.get(pack) ?? []).sort(byCodePoint);
    const { versionText } = pack.release(index);
    notices.push(...noticesOf(pack, versionText, { file, metadata, extras: wanted, chooser }));
    packages.push({
      name: pack.name,
      version: versionText,
      wheel: lockedFile(file, metadata, { isPinned: demands.pinned.has(pack.name) }),
      dependencies: dependenciesOf(metadata, wanted, needs),
      extras: wanted.filter((extra) => hasExtra(metadata, extra)),
      requested: demands.direct.has(pack.name),
      ...(demands.pinned.has(pack.name) ? { directUrl: file.url } : {}),
    });
  }
  packages.sort((a, b) => byCodePoint(a.name, b.name));
  return { lock: { packages }, notices };
}

function lockedFile(
  file: ListedFile,
  metadata: FileMetadata,
  { isPinned }: { readonly isPinned: boolean },
): LockedFile {
  // The metadata of an sdist may have come from another file.
  const sizeBytes = file.sizeBytes ?? (file.kind === "wheel" ? metadata.sizeBytes : undefined);
  return {
    filename: file.filename,
    sha256: digestOf(file),
    url: file.url,
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(isPinned ? {} : { index: file.index }),
  };
}

function digestOf({ hashes }: ListedFile): Sha256 | undefined {
  const { sha256 } = hashes as { sha256?: string };
  return sha256 === undefined ? undefined : parseSha256(sha256);
}

function dependenciesOf(metadata: FileMetadata, extras: readonly string[], needs: Needs): readonly PackageName[] {
  const names = new Set(needs.namesOf(metadata, undefined));
  for (const extra of extras) for (const name of needs.namesOf(metadata, extra)) names.add(name);
  names.delete(metadata.name);
  return [...names].sort(byCodePoint);
}

function hasExtra(metadata: FileMetadata, extra: string): boolean {
  return metadata.providesExtra.some((name) => name === extra);
}

interface ChosenFile extends Pick<SolutionParts, "chooser"> {
  readonly file: ListedFile;
  readonly metadata: FileMetadata;
  readonly extras: readonly string[];
}

function noticesOf(project: Project, versionText: string, { file, metadata, extras, chooser }: ChosenFile): string[] {
  const notices: string[] = [];
  if (file.yanked !== false) {
    const reason = file.yanked === "" ? "" : `: ${file.yanked}`;
    notices.push(`\`${project.name}\` ${versionText} was withdrawn by its authors${reason}`);
  }
  notices.push(...unfitNotices(project, versionText, file));
  const { requiresPython } = metadata;
  if (requiresPython !== undefined && chooser.isPastBound(requiresPython)) {
    const made = readRequiresPython(requiresPython)?.describe();
    notices.push(
      `\`${project.name}\` ${versionText} was made for Python ${made}, and this is Python ${chooser.target.pythonVersion}`,
    );
  }
  for (const extra of extras) {
    if (!hasExtra(metadata, extra)) notices.push(`\`${project.name}\` ${versionText} has no extra named \`${extra}\``);
  }
  return notices;
}

/** One line for all releases that were passed over, about the newest of them. */
function unfitNotices(project: Project, versionText: string, file: ListedFile): string[] {
  const passed = project.unfit();
  const newest = passed[0];
  if (newest === undefined) return [];
  const { release, fault } = newest;
  const clause = hostFaultClause(`\`${project.name}\` ${release.versionText}`, false, fault);
  const others =
    passed.length === 1 ? "" : `, as ${passed.length - 1} more ${passed.length === 2 ? "version" : "versions"}`;
  const taken = release.versionText === versionText ? file.filename : versionText;
  return [`${clause}${others}: took ${taken}`];
}
