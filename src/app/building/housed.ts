import { fileURLToPath } from "node:url";
import { type AbsPath, type PackageName, parseSha256, printable, SafeUrl, VenvoyError } from "../../base/index.ts";
import type { Address } from "../../build/index.ts";
import { normalizeName, parseWheelName, TagRank } from "../../pep/index.ts";
import { settingsFor } from "../choices.ts";
import type { Context } from "../context.ts";
import type { ResolveChoices } from "../requests.ts";

/**
 * Beside the files of a wheelhouse: which of them stand for sources that are asked for by address. `fetch` writes it, and
 * whatever installs with `--find-links` reads it.
 */
export const sourcesListName = "venvoy-sources.json";

export interface HousedSource {
  readonly name: PackageName;
  /** What the sources were, by `placeOfAddress`. */
  readonly place: string;
  /** Tells these sources from later ones at the same place: of their commit, or of the state of a directory. */
  readonly key: string;
  /** Of a repository. */
  readonly commit?: string;
  /** The branch or tag that the commit was found by. */
  readonly revision?: string;
  /** A wheel that was built from them; of an archive, the archive. */
  readonly file: string;
  readonly sha256: string;
}

/** The place of sources, the same on every machine: of a directory its own name alone. */
export function placeOfAddress({ fs }: Pick<Context, "fs">, address: Address): string {
  const below = address.subdirectory === undefined ? [] : [address.subdirectory];
  if (address.kind === "directory") return ["directory", fs.path.name(address.path), ...below].join(" ");
  return [address.kind, SafeUrl.parse(address.url).withoutCredentials().reveal(), ...below].join(" ");
}

/** What a directory's list says; nothing where there is none. Throws `INDEX_INVALID`. */
export async function readHoused({ fs }: Pick<Context, "fs">, directory: AbsPath): Promise<readonly HousedSource[]> {
  const file = fs.path.join(directory, sourcesListName);
  if ((await fs.info(file))?.kind !== "file") return [];
  const text = await fs.readText(file);
  try {
    const { sources } = JSON.parse(text) as { readonly sources: readonly unknown[] };
    return sources.map(readEntry);
  } catch (cause) {
    throw new VenvoyError("INDEX_INVALID", `\`${file}\` is no list of what a wheelhouse holds`, {
      hint: "venvoy fetch writes it again, once it is removed",
      data: { file },
      cause,
    });
  }
}

function readEntry(value: unknown): HousedSource {
  const table = value as Readonly<Record<string, unknown>>;
  const text = (key: string): string => {
    const found = table[key];
    if (typeof found === "string") return found;
    throw new TypeError(`\`${key}\` is no text`);
  };
  const file = text("file");
  if (file === "" || /[/\\\0]/.test(file)) throw new TypeError("`file` is no plain name");
  return {
    name: normalizeName(text("name")),
    place: text("place"),
    key: text("key"),
    file,
    sha256: text("sha256"),
    ...(table["commit"] === undefined ? {} : { commit: text("commit") }),
    ...(table["revision"] === undefined ? {} : { revision: text("revision") }),
  };
}

/** The list as it is written. */
export function housedText(sources: readonly HousedSource[]): string {
  return `${JSON.stringify({ format: 1, sources }, undefined, 2)}\n`;
}

export interface HousedQuestion {
  readonly choices: ResolveChoices;
  /** Left out, whatever lies there says its name. */
  readonly name: PackageName | undefined;
  /** To stay at, whatever the address says. */
  readonly commit: string | undefined;
  /** Of wheels, the best for a Python with these tags is taken. */
  readonly tags: readonly string[];
}

export interface HousedFile {
  readonly entry: HousedSource;
  readonly path: AbsPath;
}

/**
 * What a directory of `--find-links` holds for an address. A commit and an archive's digest are the same wherever they
 * come from. What a branch or an address without a digest means now only its server knows: offline, the last answer
 * counts. A directory is looked for only where it isn't. Throws `DIGEST_MISMATCH`, `INDEX_INVALID`.
 */
export async function findHoused(
  context: Context,
  address: Address,
  question: HousedQuestion,
): Promise<HousedFile | undefined> {
  const { fs } = context;
  if (address.kind === "directory" && (address.editable || (await fs.info(address.path)) !== undefined))
    return undefined;
  const settings = await settingsFor(context, question.choices);
  const place = placeOfAddress(context, address);
  const ranks = new TagRank(question.tags);
  for (const url of settings.index.findLinks) {
    const text = url.reveal();
    if (!text.startsWith("file:")) continue;
    const directory = fileURLToPath(text) as AbsPath;
    const fitting = (await readHoused(context, directory))
      .filter((entry) => question.name === undefined || entry.name === question.name)
      .filter((entry) => isMeant(entry, address, { place, commit: question.commit, offline: context.offline }))
      .flatMap((entry) => {
        const rank = address.kind === "archive" ? 0 : ranks.ofSet(parseWheelName(entry.file).tagText);
        return rank === undefined ? [] : [{ entry, rank }];
      })
      .sort((a, b) => a.rank - b.rank);
    const [best] = fitting;
    if (best === undefined) continue;
    const path = fs.path.join(directory, best.entry.file);
    await checkDigest(context, path, best.entry);
    return { entry: best.entry, path };
  }
  return undefined;
}

const fullCommit = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

function isMeant(
  entry: HousedSource,
  address: Address,
  {
    place,
    commit,
    offline,
  }: { readonly place: string; readonly commit: string | undefined; readonly offline: boolean },
): boolean {
  switch (address.kind) {
    case "archive":
      if (address.sha256 !== undefined) return entry.place.startsWith("archive ") && entry.sha256 === address.sha256;
      return offline && entry.place === place;
    case "directory":
      return entry.place === place;
    case "git": {
      if (entry.place !== place) return false;
      const { revision = "" } = address;
      const exact = commit ?? (fullCommit.test(revision) ? revision : undefined);
      return exact === undefined ? offline && (entry.revision ?? "") === revision : entry.commit === exact;
    }
  }
}

async function checkDigest({ fs }: Context, path: AbsPath, { file, sha256 }: HousedSource): Promise<void> {
  const [digest] = await fs.digests([path]);
  if (digest === parseSha256(sha256)) return;
  const what = digest === undefined ? "is not there" : "is not what its list says";
  throw new VenvoyError("DIGEST_MISMATCH", `\`${printable(file, { newlines: false })}\` of the wheelhouse ${what}`, {
    hint: "bring it once more: venvoy fetch",
    data: { file: path, expected: sha256, ...(digest === undefined ? {} : { found: digest }) },
  });
}
