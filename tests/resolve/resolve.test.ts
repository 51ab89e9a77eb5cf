import { describe, expect, it } from "vitest";
import { normalizeName } from "../../src/pep/index.ts";
import { inFile, resolveIn, typed, versionsIn } from "./targets.ts";

const name = normalizeName;

describe("resolve", () => {
  it("takes the newest versions that fit, and locks exact wheels", async () => {
    const { lock } = await resolveIn({
      index: {
        app: { "1.0": { requires: ["lib>=1"] }, "2.0": { requires: ["lib<2"] } },
        lib: { "1.0": {}, "1.5": {}, "2.0": {} },
      },
      asked: typed("app"),
    });
    expect(lock.packages.map((entry) => [entry.name, entry.version, entry.requested, entry.dependencies])).toEqual([
      ["app", "2.0", true, ["lib"]],
      ["lib", "1.5", false, []],
    ]);
    expect(lock.packages[0]?.wheel).toMatchObject({ filename: "app-2.0-py3-none-any.whl", sha256: "0".repeat(64) });
    expect(String(lock.packages[0]?.wheel.url)).toBe("https://index.example/simple/app-2.0-py3-none-any.whl");
  });

  it("gives the same answer when every question has to wait", async () => {
    const index = {
      app: { "1.0": { requires: ["lib>=1", "tool"] }, "2.0": { requires: ["lib<2", "tool>3"] } },
      lib: { "1.0": {}, "1.5": { requires: ["tool"] }, "2.0": {} },
      tool: { "3": {} },
    };
    const now = await versionsIn({ index, asked: typed("app") });
    expect(await versionsIn({ index, asked: typed("app"), later: true })).toEqual(now);
    expect(now).toEqual({ app: "1.0", lib: "2.0", tool: "3" });
  });

  it("asks markers of the target", async () => {
    const index = {
      app: {
        "1": {
          requires: ["win; sys_platform == 'win32'", "old; python_version < '3.12'", "posix; os_name == 'posix'"],
        },
      },
      posix: { "1": {} },
      old: { "1": {} },
    };
    expect(await versionsIn({ index, asked: typed("app", "nothing; sys_platform == 'win32'") })).toEqual({
      app: "1",
      posix: "1",
    });
    expect(await versionsIn({ index, asked: typed("app"), python: "3.11.2" })).toEqual({
      app: "1",
      posix: "1",
      old: "1",
    });
  });

  it("follows extras, also in circles and in any spelling", async () => {
    const { lock, notices } = await resolveIn({
      index: {
        app: {
          "1": { extras: { Fast_IO: ["lib"], all: ["app[fast-io]", "other"] } },
        },
        lib: { "1": { requires: ["app"] } },
        other: { "1": {} },
      },
      asked: typed("app[all,nonsense]"),
    });
    expect(lock.packages.map((entry) => [entry.name, entry.extras, entry.dependencies])).toEqual([
      ["app", ["all", "fast-io"], ["lib", "other"]],
      ["lib", [], ["app"]],
      ["other", [], []],
    ]);
    expect(notices).toEqual(["`app` 1 has no extra named `nonsense`"]);
  });

  it("keeps an extra at the version of its project", async () => {
    const index = {
      app: {
        "1": { extras: { x: ["lib"] } },
        "2": { extras: { x: ["lib"] }, requires: ["blocker<1"] },
        "3": { extras: { x: ["lib"] }, requires: ["blocker<1"] },
      },
      lib: { "1": {} },
      blocker: { "0.5": {}, "1": {} },
    };
    expect(await versionsIn({ index, asked: typed("app[x]", "blocker>=1") })).toEqual({
      app: "1",
      lib: "1",
      blocker: "1",
    });
  });

  it("obeys constraints only for what something asks for", async () => {
    const index = { app: { "1": { requires: ["lib"] } }, lib: { "1": {}, "2": {} } };
    const constraints = typed("lib<2", "unused==7");
    expect(await versionsIn({ index, asked: typed("app"), constraints })).toEqual({ app: "1", lib: "1" });
  });

  it("lets overrides replace what packages and people say", async () => {
    const index = { app: { "1": { requires: ["lib<2", "gone"] } }, lib: { "1": {}, "2": {} } };
    const overrides = typed("lib>=2", "gone; sys_platform == 'win32'");
    expect(await versionsIn({ index, asked: typed("app", "lib==1"), overrides })).toEqual({ app: "1", lib: "2" });
  });

  it("keeps what is locked while it fits, and upgrades what is named", async () => {
    const index = { a: { "1": {}, "2": {} }, b: { "1": {}, "2": {} }, c: { "1": {}, "2": {} } };
    const preferences = new Map([
      [name("a"), "1"],
      [name("b"), "1"],
      [name("c"), "1"],
    ]);
    const asked = typed("a", "b>=2", "c");
    expect(await versionsIn({ index, asked, policy: { preferences } })).toEqual({ a: "1", b: "2", c: "1" });
    const upgrade = new Set([name("c")]);
    expect(await versionsIn({ index, asked, policy: { preferences, upgrade } })).toEqual({ a: "1", b: "2", c: "2" });
    expect(await versionsIn({ index, asked, policy: { preferences, upgrade: "all" } })).toEqual({
      a: "2",
      b: "2",
      c: "2",
    });
  });

  it("resolves to the lowest versions, of all or of what is asked for", async () => {
    const index = {
      app: { "1": { requires: ["lib>1"] }, "2": { requires: ["lib>1"] } },
      lib: { "1": {}, "2": {}, "3": {} },
    };
    expect(await versionsIn({ index, asked: typed("app"), policy: { resolution: "lowest" } })).toEqual({
      app: "1",
      lib: "2",
    });
    expect(await versionsIn({ index, asked: typed("app"), policy: { resolution: "lowest-direct" } })).toEqual({
      app: "1",
      lib: "3",
    });
  });

  it("treats files after the limit, or without a time, as absent", async () => {
    const index = {
      app: { "1": { uploadTimeMs: 1000 }, "2": { uploadTimeMs: 2000 }, "3": {} },
    };
    expect(await versionsIn({ index, asked: typed("app"), policy: { excludeNewerMs: 2000 } })).toEqual({ app: "1" });
  });

  it("lets what keeps standing in the way take what the others leave it", async () => {
    const finals = ["1.1", "1.2", "1.3", "1.4", "1.5", "1.6"];
    const index = {
      broker: { "4": {}, "8": {} },
      queue: { ...Object.fromEntries(finals.map((version) => [version, { requires: ["broker<5"] }])), "2.0a1": {} },
      web: { "1": { requires: ["queue"] }, "2": { requires: ["queue", "broker"] } },
    };
    expect(await versionsIn({ index, asked: typed("broker", "web") })).toEqual({ broker: "4", queue: "1.6", web: "2" });
  });

  it("goes back on the decision that left too little, not on everything that came after", async () => {
    const upTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
    const index = {
      sdk: Object.fromEntries(upTo(10).map((at) => [`1.${at}`, { requires: [`engine>=1.${at},<2`] }])),
      engine: Object.fromEntries(upTo(10).map((at) => [`1.${at}`, {}])),
      async: Object.fromEntries(upTo(9).map((at) => [`3.${at}`, { requires: [`engine>=1.${at},<1.9`] }])),
      files: {
        "0.4": {},
        ...Object.fromEntries(upTo(9).map((at) => [`202${at}.1`, { requires: [`async>=3.${at}`] }])),
      },
    };
    const taken = await versionsIn({ index, asked: typed("sdk", "files") });
    expect(taken).toEqual({ async: "3.8", engine: "1.8", files: "2028.1", sdk: "1.8" });
  });

  it("takes a withdrawn version only when exactly it is asked for", async () => {
    const index = { app: { "1.0": {}, "1.1": { yanked: "broken build" } } };
    expect(await versionsIn({ index, asked: typed("app") })).toEqual({ app: "1.0" });
    const { lock, notices } = await resolveIn({ index, asked: typed("app==1.1.0") });
    expect(lock.packages.map((entry) => entry.version)).toEqual(["1.1"]);
    expect(notices).toEqual(["`app` 1.1 was withdrawn by its authors: broken build"]);
  });

  it("chooses wheels by the target's tags, then by build number", async () => {
    const index = {
      app: {
        "1": {
          wheelTags: [
            "py3-none-any",
            "1-cp312-cp312-manylinux_2_17_x86_64",
            "2-cp312-cp312-manylinux_2_17_x86_64",
            "cp312-cp312-win_amd64",
            "cp311-cp311-manylinux_2_17_x86_64",
          ],
        },
      },
    };
    const { lock } = await resolveIn({ index, asked: typed("app") });
    expect(lock.packages[0]?.wheel.filename).toBe("app-1-2-cp312-cp312-manylinux_2_17_x86_64.whl");
  });

  it("goes to an older release where the newest needs another Python, by its page or by its metadata", async () => {
    const index = {
      page: { "1": {}, "2": { requiresPython: ">=3.13" } },
      inside: { "1": {}, "2": { metadataPython: ">=3.13" } },
    };
    expect(await versionsIn({ index, asked: typed("page", "inside") })).toEqual({ page: "1", inside: "1" });
  });

  it("tells of an upper bound on Python, and does not go back for it", async () => {
    const index = { app: { "1": {}, "2": { requiresPython: ">=3.8,<3.12" } } };
    const { lock, notices } = await resolveIn({ index, asked: typed("app") });
    expect(lock.packages[0]?.version).toBe("2");
    expect(notices).toEqual(["`app` 2 was made for Python 3.8 or newer, below 3.12, and this is Python 3.12.1"]);
  });

  it("mends the mistakes of old metadata, and passes over releases that can't be understood", async () => {
    const index = {
      app: { "1": { requires: ["lib (>=1.0<2.0)", "other >= 1.*", "third ('>1')"] }, "2": { requires: ["??? what"] } },
      lib: { "1.5": {}, "2.5": {} },
      other: { "1.1": {} },
      third: { "2": {} },
    };
    const asked = typed("app");
    await expect(versionsIn({ index, asked })).rejects.toMatchObject({ code: "RESOLUTION_IMPOSSIBLE" });
    const mended = {
      ...index,
      app: {
        "1": { requires: ["lib (>=1.0<2.0)", "other >= 1.*", "other (>=1.0,<1.4.0',)"] },
        "2": { requires: ["??? what"] },
      },
    };
    expect(await versionsIn({ index: mended, asked })).toEqual({ app: "1", lib: "1.5", other: "1.1" });
  });

  it("takes a wheel from an address, for every package that needs it", async () => {
    const url = `https://files.example/lib-1.2-py3-none-any.whl#sha256=${"a".repeat(64)}`;
    await expect(
      versionsIn({ index: { lib: { "3": {} } }, asked: typed("lib @ https://files.example/lib-1.2.tar.gz") }),
    ).rejects.toMatchObject({ code: "PACKAGE_BLOCKED" });
    const index = { app: { "1": { requires: ["lib>=1"] } }, lib: { "1.2": {}, "3": {} } };
    const { lock } = await resolveIn({ index, asked: [...typed("app"), inFile("a.py", 2, `lib @ ${url}`)] });
    const lib = lock.packages.find((entry) => entry.name === "lib");
    expect(lib).toMatchObject({ version: "1.2", wheel: { sha256: "a".repeat(64) } });
    expect(String(lib?.directUrl)).toBe("https://files.example/lib-1.2-py3-none-any.whl");
  });

  it("solves a chain of 700 packages with many versions in no time", async () => {
    const versions = Array.from({ length: 40 }, (_, i) => `1.${i}`);
    const index = Object.fromEntries(
      Array.from({ length: 700 }, (_, at) => [
        `p${at}`,
        Object.fromEntries(
          versions.map((version) => [
            version,
            {
              requires: [1, 2, 3].filter((step) => at + step < 700).map((step) => `p${at + step}>=1.0,<1.${38 - step}`),
            },
          ]),
        ),
      ]),
    );
    const asked = typed("p0");
    await versionsIn({ index, asked });
    const before = process.cpuUsage();
    const { lock } = await resolveIn({ index, asked });
    const { user, system } = process.cpuUsage(before);
    expect(lock.packages).toHaveLength(700);
    // Building the source is part of it; the point is that nothing grows with the square of the size.
    expect((user + system) / 1000).toBeLessThan(20_000);
  });
});
