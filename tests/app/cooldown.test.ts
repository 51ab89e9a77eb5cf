import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { type TestContext, testContext } from "../kit/context.ts";
import { wheel, wheelFilename } from "../kit/wheel.ts";
import { zipBytes } from "../kit/zip-writer.ts";

/** Serves versions with the days since their upload. */
function serve(t: TestContext, name: string, ages: Readonly<Record<string, number>>, requires: readonly string[] = []) {
  t.index.options = { format: "json" };
  t.index.packages[name] = Object.entries(ages).map(([version, days]) => ({
    filename: wheelFilename(name, version),
    content: wheel(name, version, { requires }),
    uploadTime: new Date(Date.now() - days * 86_400_000).toISOString(),
  }));
}

interface Told {
  readonly aliases?: readonly string[];
  readonly withdrawn?: string;
}

/** A record in the OSV format, of one package. */
function record(id: string, name: string, events: readonly Record<string, string>[], told: Told = {}) {
  const affected = [{ package: { ecosystem: "PyPI", name }, ranges: [{ type: "ECOSYSTEM", events }] }];
  return { id, modified: "2026-01-01T00:00:00Z", affected, ...told };
}

function advisories(t: TestContext, ...records: readonly { readonly id: string }[]): string {
  const directory = join(t.cwd, "osv");
  mkdirSync(directory, { recursive: true });
  for (const one of records) writeFileSync(join(directory, `${one.id}.json`), JSON.stringify(one));
  return directory;
}

const repaired = (version: string) => [{ introduced: "0" }, { fixed: version }];

async function locked(t: TestContext, ...words: readonly string[]) {
  const said = await t.venvoy("lock", "requirements.txt", "--exclude-newer", "3d", ...words);
  expect(said).toMatchObject({ exit: 0 });
  const versions = [...said.out.matchAll(/^name = "([^"]+)"\nversion = "([^"]+)"/gm)];
  return { notes: said.err, versions: Object.fromEntries(versions.map(([, name, version]) => [name, version])) };
}

describe("a cooldown that yields to repairs", () => {
  test("takes the nearest young release that repairs the old one, no younger feature, and says which fault", async () => {
    await using t = await testContext();
    serve(t, "demo", { "1.0": 90, "1.1": 1, "2.0": 1 });
    t.write("requirements.txt", "demo\n");
    const place = advisories(t, record("GHSA-aaaa", "Demo", repaired("1.1"), { aliases: ["CVE-2026-1"] }));
    expect((await locked(t)).versions).toEqual({ demo: "1.0" });
    const { versions, notes } = await locked(t, "--advisories", place);
    expect(versions).toEqual({ demo: "1.1" });
    expect(notes).toBe(
      "`demo` 1.1 is younger than the cooldown allows, and taken as it repairs GHSA-aaaa (CVE-2026-1) of 1.0\n",
    );
  });

  test("stays where the older version isn't affected, the record is withdrawn, or nothing repairs it", async () => {
    await using t = await testContext();
    serve(t, "demo", { "1.0": 90, "1.1": 1 });
    t.write("requirements.txt", "demo\n");
    const others = [
      record("GHSA-1", "demo", [{ introduced: "1.1" }]),
      record("GHSA-2", "demo", repaired("1.1"), { withdrawn: "2026-02-01T00:00:00Z" }),
      record("GHSA-3", "demo", [{ introduced: "0" }]),
      record("GHSA-4", "other", repaired("1.1")),
      record("GHSA-5", "demo", [{ introduced: "0" }, { last_affected: "0.9" }]),
    ];
    expect(await locked(t, "--advisories", advisories(t, ...others))).toMatchObject({
      versions: { demo: "1.0" },
      notes: "",
    });
  });

  test("goes on to what the repair needs, and to a repair of the repair", async () => {
    await using t = await testContext();
    serve(t, "demo", { "1.0": 90, "1.1": 2, "1.2": 1, "1.3": 1 }, ["base"]);
    serve(t, "base", { "1.0": 90, "1.0.1": 1, "1.1": 1 });
    t.write("requirements.txt", "demo\n");
    const place = advisories(
      t,
      record("GHSA-1", "demo", repaired("1.1")),
      record("GHSA-2", "demo", [{ introduced: "1.1" }, { fixed: "1.2" }]),
      record("GHSA-3", "base", [{ introduced: "0" }, { last_affected: "1.0" }]),
    );
    expect((await locked(t, "--advisories", place)).versions).toEqual({ demo: "1.2", base: "1.0.1" });
  });

  test("asks nobody for what isn't allowed: limits hold, withdrawn and pre-releases are no repair", async () => {
    await using t = await testContext();
    serve(t, "demo", { "1.0": 90, "1.1rc1": 1, "1.1": 1 });
    const place = advisories(t, record("GHSA-1", "demo", repaired("1.1rc1")));
    t.write("requirements.txt", "demo\n");
    expect((await locked(t, "--advisories", place)).versions).toEqual({ demo: "1.1" });
    t.write("requirements.txt", "demo<1.1\n");
    expect(await locked(t, "--advisories", place)).toMatchObject({ versions: { demo: "1.0" }, notes: "" });
  });

  test("keeps what is locked until it is upgraded", async () => {
    await using t = await testContext();
    serve(t, "demo", { "1.0": 90, "1.1": 1 });
    t.write("requirements.txt", "demo\n");
    const place = advisories(t, record("GHSA-1", "demo", repaired("1.1")));
    const words = ["--exclude-newer", "3d", "--advisories", place];
    await t.venvoy("create", "demo", "demo", "--exclude-newer", "3d");
    expect(await t.venvoy("add", "-n", "demo", "demo", ...words)).toMatchObject({ exit: 0 });
    expect((await t.venvoy("list", "-n", "demo")).exit).toBeDefined();
    expect((await t.venvoy("export", "-n", "demo", "--pinned")).out).toContain("demo==1.0");
    const said = await t.venvoy("upgrade", "-n", "demo", ...words);
    expect(said).toMatchObject({ exit: 0, err: expect.stringContaining("repairs GHSA-1 of 1.0") });
    expect((await t.venvoy("export", "-n", "demo", "--pinned")).out).toContain("demo==1.1");
  });

  test("reads one file, a list, a zip, the web; the place may stand in a variable", async () => {
    await using t = await testContext();
    serve(t, "demo", { "1.0": 90, "1.1": 1 });
    t.write("requirements.txt", "demo\n");
    const one = record("GHSA-1", "demo", repaired("1.1"));
    const list = t.write("list.json", JSON.stringify([record("GHSA-0", "other", repaired("3")), one]));
    const zip = join(t.cwd, "all.zip");
    writeFileSync(zip, zipBytes([{ name: "GHSA-1.json", content: JSON.stringify(one) }]));
    const yaml = t.write("one.yaml", JSON.stringify(one));
    t.index.on("/osv/all.zip", (_request, response) => {
      response.end(zipBytes([{ name: "GHSA-1.json", content: JSON.stringify(one) }]));
    });
    const web = `${t.index.origin}/osv/all.zip`;
    for (const place of [list, zip, yaml, pathToFileURL(zip).href, web, web])
      expect((await locked(t, "--advisories", place)).versions).toEqual({ demo: "1.1" });
    expect(t.index.paths().filter((path) => path === "/osv/all.zip")).toHaveLength(1);
    t.env["VENVOY_ADVISORIES"] = list;
    expect((await locked(t)).versions).toEqual({ demo: "1.1" });
    const said = await t.venvoy("lock", "requirements.txt", "--exclude-newer", "3d", "--advisories", "nowhere");
    expect(said).toMatchObject({ exit: 1, err: expect.stringContaining("The advisories in `") });
    t.write("bad.json", "{");
    const bad = await t.venvoy("lock", "requirements.txt", "--exclude-newer", "3d", "--advisories", "bad.json");
    expect(bad).toMatchObject({ exit: 1, err: expect.stringContaining("is not written as a record") });
  });

  test("asks the index's own JSON pages, for what is held back alone, and goes on without them", async () => {
    await using t = await testContext();
    serve(t, "demo", { "1.0": 90, "1.1": 1, "1.2": 1 });
    serve(t, "calm", { "1.0": 90 });
    t.write("requirements.txt", "demo\ncalm\n");
    expect((await locked(t)).versions).toEqual({ demo: "1.0", calm: "1.0" });
    const page = (vulnerabilities: readonly unknown[]) =>
      t.index.on("/pypi/demo/1.0/json", (_request, response) => {
        response.setHeader("content-type", "application/json").end(JSON.stringify({ info: {}, vulnerabilities }));
      });
    const fault = { id: "PYSEC-1", aliases: ["CVE-2026-2"], fixed_in: ["0.9.5", "1.1"], withdrawn: null };
    page([fault]);
    const { versions, notes } = await locked(t, "--refresh");
    expect(versions).toEqual({ demo: "1.1", calm: "1.0" });
    expect(notes).toContain("repairs PYSEC-1 (CVE-2026-2) of 1.0");
    expect(t.index.paths().filter((path) => path.startsWith("/pypi/calm"))).toEqual([]);
    page([{ ...fault, withdrawn: "2026-01-01T00:00:00Z" }]);
    expect((await locked(t, "--refresh")).versions).toEqual({ demo: "1.0", calm: "1.0" });
    t.index.on("/pypi/demo/1.0/json", (_request, response) => {
      response.end("<html>");
    });
    expect(await locked(t, "--refresh")).toMatchObject({
      versions: { demo: "1.0", calm: "1.0" },
      notes: expect.stringContaining("the cooldown makes no exception for it"),
    });
  });

  test("for every target alike", async () => {
    await using t = await testContext();
    serve(t, "demo", { "1.0": 90, "1.1": 1, "2.0": 1 });
    t.write("requirements.txt", "demo\n");
    const place = advisories(t, record("GHSA-1", "demo", repaired("1.1")));
    const targets = ["--target", "linux-x86_64-cp311", "--target", "windows-amd64-cp312"];
    expect(await locked(t, "--advisories", place, ...targets)).toMatchObject({
      versions: { demo: "1.1" },
      notes: expect.stringMatching(/repairs GHSA-1 of 1\.0\n$/),
    });
  });
});

test("doctor tells what the configured advisories say of what is installed", async () => {
  await using t = await testContext();
  serve(t, "demo", { "1.0": 90, "1.1": 10 });
  await t.venvoy("create", "work", "demo==1.0");
  expect(await t.venvoy("doctor", "work")).toMatchObject({ exit: 0 });
  t.env["VENVOY_ADVISORIES"] = advisories(t, record("GHSA-1", "demo", repaired("1.1"), { aliases: ["CVE-2026-1"] }));
  const said = await t.venvoy("doctor", "work");
  expect(said).toMatchObject({
    exit: 3,
    out: expect.stringContaining("1 package has known faults: demo 1.0 has GHSA-1 (CVE-2026-1)"),
  });
  expect(said.out).toContain("venvoy upgrade -n work demo");
});
