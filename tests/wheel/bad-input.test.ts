import { existsSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { absPath, isVenvoyError } from "../../src/base/index.ts";
import { compatibleTags, linuxPlatforms } from "../../src/pep/index.ts";
import { checkFits, linkArtifacts, type TreePaths } from "../../src/wheel/index.ts";
import { type BadWheelCase, badWheel, badWheelFilename } from "../kit/bad-wheel.ts";
import { type StoreBench, storeBench } from "../store/store-bench.ts";

const here = dirname(fileURLToPath(import.meta.url));
const copy = join(here, "../conformance/data/badinput/cases.json");
const cases = (JSON.parse(readFileSync(copy, "utf8")) as { readonly cases: readonly BadWheelCase[] }).cases.filter(
  (item) => item.kind === "wheel",
);
const target = {
  pythonVersion: "3.11.7",
  tags: compatibleTags({
    implementation: "cpython",
    pythonVersion: [3, 11],
    abis: ["cp311"],
    platforms: linuxPlatforms({ machine: "x86_64", glibc: [2, 36] }),
  }),
};

type Outcome = "install" | "warn" | "reject" | "crash";

interface Installed {
  readonly outcome: Outcome;
  readonly message: string;
  readonly bench: StoreBench;
  readonly tree: TreePaths;
}

const formed = new Map<BadWheelCase, Uint8Array>();

/** Forming the bombs takes longer than refusing them. */
function bytesOf(item: BadWheelCase): Uint8Array {
  const bytes = formed.get(item) ?? badWheel(item);
  formed.set(item, bytes);
  return bytes;
}

async function install(item: BadWheelCase, mode: "hardlink" | "fold"): Promise<Installed> {
  const bench = storeBench();
  const root = absPath(join(bench.root, "tree"));
  const site = absPath(join(root, "lib/python3.11/site-packages"));
  const tree = {
    root,
    sitePackages: site,
    bin: absPath(join(root, "bin")),
    data: root,
    include: absPath(join(root, "include")),
  };
  for (const directory of [site, tree.bin]) await bench.io.fs.makeDir(directory);
  writeFileSync(join(tree.bin, "python"), "the interpreter");
  writeFileSync(join(root, "pyvenv.cfg"), "home = x\n");
  const done = (outcome: Outcome, message: string) => ({ outcome, message, bench, tree });
  try {
    const artifact = await bench.add(badWheelFilename(item), bytesOf(item));
    checkFits(artifact, target);
    await linkArtifacts(bench.io, [artifact], tree, {
      mode,
      requested: new Set([artifact.name]),
      pythonVersion: target.pythonVersion,
      directUrls: new Map(),
    });
  } catch (error) {
    const isClear = isVenvoyError(error) && ["WHEEL_INVALID", "ARCHIVE_INVALID", "WHEEL_UNFIT"].includes(error.code);
    return done(isClear ? "reject" : "crash", String(error));
  }
  const notices = bench.io.reporter.events.filter((event) => event.type === "notice");
  return done(notices.length > 0 ? "warn" : "install", JSON.stringify(notices));
}

/** What each word of a `safe` allows on Linux. */
const allowed: Readonly<Record<string, readonly Outcome[]>> = {
  install: ["install"],
  reject: ["reject"],
  normalise: ["install"],
  warn: ["warn", "install"],
  limit: ["reject"],
  ignore: ["install"],
  cp437: ["install"],
  "plain-file": ["install"],
  "install-with-warning": ["warn"],
  "install-with-umask": ["install"],
  "install-readable": ["install"],
  "reject-clearly": ["reject"],
  "reject-on-linux": ["reject"],
  "reject-on-windows": ["install"],
  "warn-or-reject-on-case-insensitive": ["install", "warn"],
  "must-not-delete-outside": ["install", "warn", "reject"],
};

function allowedBy(safe: string): readonly Outcome[] {
  const whole = allowed[safe];
  if (whole !== undefined) return whole;
  return safe.split("-or-").flatMap((word) => allowed[word] ?? []);
}

/** What must hold whatever the outcome. */
function checkInvariants({ outcome, bench, tree, message }: Installed, item: BadWheelCase): void {
  const where = `${item.name}: ${outcome} ${message}`;
  expect(readFileSync(join(tree.bin, "python"), "utf8"), where).toBe("the interpreter");
  expect(readFileSync(join(tree.root, "pyvenv.cfg"), "utf8"), where).toBe("home = x\n");
  const outside = readdirSync(bench.root).filter((name) => !["store", "tree", badWheelFilename(item)].includes(name));
  expect(outside, where).toEqual([]);
  expect(existsSync("/tmp/venvoy-evil"), where).toBe(false);
  const store = readdirSync(join(bench.root, "store/wheel"));
  expect(readdirSync(join(bench.root, "store/wheel/.stage")), where).toEqual([]);
  if (outcome === "reject" && !/WHEEL_UNFIT|can't be used here/.test(message)) {
    expect(
      store.filter((name) => /^[0-9a-f]{64}$/.test(name)),
      where,
    ).toEqual([]);
  }
  for (const path of filesBelow(tree.root)) {
    const inStore = realpathSync(path).startsWith(join(bench.root, "store"));
    expect(inStore || realpathSync(path).startsWith(tree.root), `${where} ${path}`).toBe(true);
    const mode = statSync(path).mode;
    expect(mode & 0o400 && (mode & 0o7022) === 0, `${where} ${path} ${mode.toString(8)}`).toBe(true);
  }
}

function filesBelow(root: string): string[] {
  return readdirSync(root, { withFileTypes: true, recursive: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
}

test.each(["hardlink", "fold"] as const)(
  "every hostile wheel ends as it should (%s)",
  async (mode) => {
    const wrong: string[] = [];
    for (const item of cases) {
      const installed = await install(item, mode);
      checkInvariants(installed, item);
      const fits = allowedBy(item.safe);
      expect(fits.length, `${item.safe} is a word of the language`).toBeGreaterThan(0);
      if (!fits.includes(installed.outcome)) {
        wrong.push(`${item.name}: ${installed.outcome}, safe is ${item.safe}: ${installed.message}`);
      }
    }
    console.log(`bad wheels (${mode}): ${cases.length - wrong.length} of ${cases.length} end as their \`safe\` says`);
    expect(wrong).toEqual([]);
    expect(cases.length).toBeGreaterThanOrEqual(70);
  },
  300_000,
);
