import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { absPath, isVenvoyError, SafeUrl } from "../../src/base/index.ts";
import { nodePorts } from "../../src/node/index.ts";
import { silentReporter } from "../../src/ports/index.ts";
import { createIndexClient, defaultIndexUrl, indexSettings } from "../../src/pypi/index.ts";
import { defaultPolicy, type Lock, resolve } from "../../src/resolve/index.ts";
import { inFile, linuxTarget } from "../resolve/targets.ts";

/** Real sets of requirements on the real index, held against the versions that uv locks for them. */
interface SetCase {
  readonly id: string;
  readonly python: string;
  readonly resolution: "highest" | "lowest-direct";
  readonly requirements: readonly string[];
  /** How many packages uv locks, and the versions of those that are asked for; absent where wheels alone can't do. */
  readonly count?: number;
  readonly versions?: Readonly<Record<string, string>>;
}

const here = dirname(fileURLToPath(import.meta.url));
const { cases } = JSON.parse(readFileSync(join(here, "resolve-sets.json"), "utf8")) as { cases: readonly SetCase[] };
const cacheDir = mkdtempSync(join(tmpdir(), "venvoy-resolve-sets-"));
const index = process.env["PIP_INDEX_URL"];

afterAll(() => rmSync(cacheDir, { recursive: true, force: true }));

async function lockOf({ id, python, resolution, requirements }: SetCase): Promise<Lock> {
  const source = createIndexClient(
    { ...nodePorts(), reporter: silentReporter() },
    indexSettings({
      indexes: [{ url: index === undefined ? defaultIndexUrl : SafeUrl.parse(index) }],
      cacheDir: absPath(cacheDir),
    }),
  );
  const { lock } = await resolve(
    { reporter: silentReporter() },
    {
      requirements: requirements.map((text, at) => inFile(`${id}.in`, at + 1, text)),
      constraints: [],
      overrides: [],
      target: linuxTarget(python),
      policy: { ...defaultPolicy, resolution, excludeNewerMs: Date.UTC(2026, 9, 2) },
      source,
    },
  );
  return lock;
}

describe("real sets of requirements", () => {
  it.each(cases.filter(({ versions }) => versions !== undefined))("$id resolves as recorded", async (one) => {
    const lock = await lockOf(one);
    const versions = new Map(lock.packages.map((entry) => [String(entry.name), entry.version]));
    const asked = Object.fromEntries(Object.keys(one.versions ?? {}).map((name) => [name, versions.get(name)]));
    expect(asked).toEqual(one.versions);
    // One marker on a pre-release of Python is read differently by uv.
    expect(Math.abs(lock.packages.length - (one.count ?? 0))).toBeLessThanOrEqual(1);
  });

  it.each(cases.filter(({ versions }) => versions === undefined))("$id is refused with its reasons", async (one) => {
    const error = await lockOf(one).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!isVenvoyError(error)) throw error ?? new Error("it resolved");
    expect(["RESOLUTION_IMPOSSIBLE", "PACKAGE_BLOCKED"]).toContain(error.code);
    expect(error.message).toContain(`${one.id}.in line `);
    expect(error.message).toMatch(/source|no wheel/);
    expect(error.hint).toBeDefined();
  });
});
