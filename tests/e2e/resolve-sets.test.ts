/** Real sets of requirements on the real index, held against what uv locks for them, and judged by pip's `packaging`. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { absPath, mapLimit, SafeUrl } from "../../src/base/index.ts";
import { nodePorts } from "../../src/node/index.ts";
import {
  evaluateMarker,
  normalizeName,
  type PylockPackage,
  parsePylock,
  parseRequirement,
  selectFromPylock,
} from "../../src/pep/index.ts";
import { silentReporter } from "../../src/ports/index.ts";
import { createIndexClient, defaultIndexUrl, type FileMetadata, indexSettings } from "../../src/pypi/index.ts";
import { parseTarget } from "../../src/python/index.ts";
import { binary, person, repository } from "../kit/binary.ts";
import { realPythons, skipMissing } from "../kit/real-pythons.ts";

interface SetCase {
  readonly id: string;
  /** `3.11` */
  readonly python: string;
  /** Whether sources may be built. */
  readonly build: boolean;
  readonly resolution?: "lowest-direct";
  readonly requirements: readonly string[];
  /** Absent where wheels alone can't do. */
  readonly locked?: Readonly<Record<string, string>>;
}

/** A lock of uv's for all systems and Pythons, held against one for three targets. */
interface UniversalCase {
  readonly id: string;
  /** The set that has its requirements. */
  readonly like: string;
  /** `name==version ; marker` */
  readonly locked: readonly string[];
}

const targets = ["linux-x86_64-cp311", "windows-amd64-cp311", "macos-arm64-cp311"];

interface Judged {
  readonly version: string;
  readonly requires: readonly string[];
  readonly requiresPython?: string | undefined;
}

const here = dirname(fileURLToPath(import.meta.url));
const before = "2026-10-02T00:00:00Z";
const { cases, universal } = JSON.parse(readFileSync(join(here, "resolve-sets.json"), "utf8")) as {
  readonly cases: readonly SetCase[];
  readonly universal: readonly UniversalCase[];
};
const page = readFileSync(join(repository, "docs", "resolving.md"), "utf8");
const pythons = new Map(realPythons().map((one) => [one.minor, one]));

/** One account for all sets: what one has learned of a file, the next need not ask again. */
const ann = person();
const place = process.env["PIP_INDEX_URL"];
const index = createIndexClient(
  { ...nodePorts(), reporter: silentReporter() },
  indexSettings({
    indexes: [{ url: place === undefined ? defaultIndexUrl : SafeUrl.parse(place) }],
    cacheDir: absPath(join(ann.home, "venvoy", "cache")),
  }),
);

afterAll(() => ann[Symbol.dispose]());

/** Rows of the page's table: set, package, what is recorded, what is taken here, why. */
const explained = [...page.matchAll(/^\| `([^`]+)` \| `([^`]+)` \| ([^|]*) \| ([^|]*) \| ([^|]+) \|$/gm)].map(
  ([, set = "", name = "", recorded = "", ours = "", why = ""]) => ({
    row: `${set} ${name} ${recorded.trim()} ${ours.trim()}`,
    name,
    set,
    why: why.trim(),
  }),
);

const told = { asRecorded: 0, differing: 0 };

describe("real sets of requirements", () => {
  skipMissing([...pythons.values()]);
  const possible = cases.filter(({ python }) => pythons.has(python));

  it.each(possible.filter(({ locked }) => locked !== undefined))("$id", async (one) => {
    const requirements = await Promise.all(one.requirements.map(withAddress));
    const ended = await lock(one, requirements);
    expect(ended, ended.err).toMatchObject({ exit: 0 });
    const { packages } = parsePylock(readFileSync(join(ann.home, "pylock.toml"), "utf8"));
    const taken = Object.fromEntries(
      packages.map(({ name, version, archive }) => [name, textOf(version, archive?.url)]),
    );
    expect(await faultsOf(one, requirements, packages)).toEqual([]);
    const rows = differences(one.id, one.locked ?? {}, taken);
    expect(rows).toEqual(explained.filter(({ set }) => set === one.id).map(({ row }) => row));
    told[rows.length === 0 ? "asRecorded" : "differing"] += 1;
  });

  it.each(possible.filter(({ locked }) => locked === undefined))("$id is refused with its reasons", async (one) => {
    const ended = await lock(one, one.requirements);
    expect(ended.exit).toBe(1);
    expect(ended.err).toContain("requirements.txt line ");
    expect(ended.err).toMatch(/source|no wheel/);
    expect(ended.err).toMatch(/hint: |ask for|leave out/);
  });

  it.each(universal)("$id: one lock for three systems", async ({ id, like, locked }) => {
    const one = cases.find((each) => each.id === like);
    if (one === undefined) throw new Error(`there is no set ${like}`);
    const ended = await lockFor(one, targets);
    expect(ended, ended.err).toMatchObject({ exit: 0 });
    const whole = parsePylock(readFileSync(join(ann.home, "pylock.toml"), "utf8"));
    const rows = new Set<string>();
    for (const { target } of targets.map((text) => parseTarget(text))) {
      const packages = selectFromPylock(whole, target).map((choice) => choice.package);
      const taken = Object.fromEntries(packages.map(({ name, version }) => [name, String(version)]));
      const recorded = Object.fromEntries(
        locked
          .map((text) => parseRequirement(text))
          .filter(({ marker }) => marker === undefined || evaluateMarker(marker, target.markers))
          .map(({ name, specifier }) => [name, String(specifier).replace("==", "")]),
      );
      for (const row of differences(id, recorded, taken)) rows.add(row);
      if (target.markers.sys_platform === "linux") {
        expect(await faultsOf(one, one.requirements, packages)).toEqual([]);
      }
    }
    expect([...rows].sort()).toEqual(explained.filter(({ set }) => set === id).map(({ row }) => row));
    told[rows.size === 0 ? "asRecorded" : "differing"] += 1;
  });

  it("explains every difference once, and none that is not there", () => {
    expect(new Set(explained.map(({ row }) => row)).size).toBe(explained.length);
    expect(explained.filter(({ why }) => why.length < 12)).toEqual([]);
    const ids = new Set([...cases, ...universal].map(({ id }) => id));
    expect(explained.filter(({ set }) => !ids.has(set))).toEqual([]);
    const { asRecorded, differing } = told;
    console.log(
      `recorded sets: ${asRecorded + differing} resolve and are valid, ${asRecorded} of them in every version as recorded`,
    );
  });
});

/** Wheels alone, since nothing can be built for another system. */
function lockFor({ requirements }: SetCase, names: readonly string[]) {
  writeFileSync(join(ann.home, "requirements.txt"), `${requirements.join("\n")}\n`);
  const words = ["lock", "requirements.txt", "-o", "pylock.toml", "--upgrade", "--no-build", "--exclude-newer", before];
  return ann.run(binary, [...words, ...names.flatMap((name) => ["--target", name])]);
}

function lock({ python, build, resolution }: SetCase, requirements: readonly string[]) {
  writeFileSync(join(ann.home, "requirements.txt"), `${requirements.join("\n")}\n`);
  return ann.run(binary, [
    ...["lock", "requirements.txt", "-o", "pylock.toml", "--upgrade", "--exclude-newer", before],
    ...["-p", pythons.get(python)?.program ?? python],
    ...(build ? [] : ["--no-build"]),
    ...(resolution === undefined ? [] : ["--resolution", resolution]),
  ]);
}

/** Puts the index's address of a file where the record has a made-up host. */
async function withAddress(text: string): Promise<string> {
  const [, name = "", filename = ""] = /^(\S+) @ https:\/\/files\.example\/.*\/([^/]+)$/.exec(text) ?? [];
  if (name === "") return text;
  const file = (await index.listing(normalizeName(name)))?.releases
    .flatMap(({ files }) => files)
    .find((one) => one.filename === filename);
  return `${name} @ ${file?.url.reveal() ?? ""}`;
}

function textOf(version: PylockPackage["version"], address: string | undefined): string {
  return version?.toString() ?? /-(\d[^-/]*?)(?:\.tar\.gz|-[^/]*\.whl)$/.exec(address ?? "")?.[1] ?? "";
}

function differences(set: string, recorded: SetCase["locked"] = {}, taken: Readonly<Record<string, string>>): string[] {
  return [...new Set([...Object.keys(recorded), ...Object.keys(taken)])]
    .sort()
    .filter((name) => recorded[name] !== taken[name])
    .map((name) => `${set} ${name} ${recorded[name] ?? "none"} ${taken[name] ?? "none"}`);
}

/** What pip's `packaging` finds wrong: needs that are not met, packages that nobody needs. */
async function faultsOf(
  { python }: SetCase,
  roots: readonly string[],
  packages: readonly PylockPackage[],
): Promise<unknown> {
  const described = await mapLimit(packages, 24, async (one) => [one.name, await needsOf(one)] as const);
  const program = pythons.get(python)?.program ?? "python3";
  const ended = await ann.run(program, [join(repository, "tests", "kit", "judge-lock.py")], {
    input: JSON.stringify({ roots, packages: Object.fromEntries(described) }),
  });
  expect(ended).toMatchObject({ exit: 0 });
  return JSON.parse(ended.out);
}

/** What a package says of itself: by the locked wheel, by another of its release, or by what its backend said here. */
async function needsOf({ name, version, archive, wheels = [] }: PylockPackage): Promise<Judged> {
  const versionText = textOf(version, archive?.url);
  const release = (await index.listing(name))?.releases.find((one) => one.version.toString() === versionText);
  const locked = release?.files.find((file) => wheels.some((wheel) => wheel.name === file.filename));
  const file = locked ?? release?.files.find(({ kind }) => kind === "wheel");
  const metadata = file === undefined ? builtMetadata(name, versionText) : await index.metadata(file);
  if (metadata === undefined) throw new Error(`nothing is known of ${name} ${versionText}`);
  return { version: versionText, requires: metadata.requiresDist, requiresPython: metadata.requiresPython };
}

type Told = Pick<FileMetadata, "name" | "version" | "requiresDist" | "requiresPython">;

function builtMetadata(name: string, version: string): Told | undefined {
  const place = join(ann.home, "venvoy", "cache", "source-metadata-1");
  return readdirSync(place)
    .map((entry) => JSON.parse(readFileSync(join(place, entry), "utf8")) as Told)
    .find((one) => normalizeName(one.name) === name && one.version === version);
}
