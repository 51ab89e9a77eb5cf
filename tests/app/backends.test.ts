import { chmodSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type BackendProjects, BackendServer } from "../kit/backend-server.ts";
import { type Said, type TestContext, testContext } from "../kit/context.ts";

const torch = (backend: string, versions: readonly string[]) =>
  Object.fromEntries(versions.map((version) => [`${version}+${backend}`, { requires: ["numpy"] }]));
const vision = (backend: string, pairs: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(pairs).map(([own, needed]) => [`${own}+${backend}`, { requires: [`torch==${needed}`] }]),
  );

const indexes: BackendProjects = {
  cpu: { torch: torch("cpu", ["2.4.1", "2.5.1", "2.9.0"]), torchvision: vision("cpu", { "0.24.0": "2.9.0" }) },
  cu118: { torch: torch("cu118", ["2.4.1", "2.5.1"]) },
  cu126: {
    torch: torch("cu126", ["2.5.1", "2.9.0"]),
    torchvision: vision("cu126", { "0.24.0": "2.9.0" }),
    // The index has its own copies of what everybody needs.
    numpy: { "0.1": {} },
    triton: { "3.5.0": {} },
  },
  cu129: { torch: torch("cu129", ["2.8.0"]), triton: { "3.4.0": {} } },
  cu130: { torch: torch("cu130", ["2.9.0"]) },
};

const usual = {
  numpy: { "1.26.4": {} },
  torch: { "2.5.1": {}, "2.9.1": {} },
  six: { "1.0": {} },
  triton: { "3.6.0": {} },
};

interface Bench extends AsyncDisposable {
  readonly t: TestContext;
  readonly server: BackendServer;
  readonly versions: (name: string) => Promise<Record<string, string>>;
}

/** A machine with this driver, or without any. */
async function bench(driver?: string, projects = indexes): Promise<Bench> {
  const server = await BackendServer.start(projects);
  const t = await testContext(usual, {
    VENVOY_BACKEND_INDEX: server.url,
    PATH: `${process.env["PATH"]}`,
    ...(driver === undefined ? {} : { VENVOY_CUDA_DRIVER: driver }),
  });
  return {
    t,
    server,
    versions: async (name) => {
      const { installed } = JSON.parse((await t.venvoy("show", name, "--json")).out);
      return Object.fromEntries(
        installed.map(({ name: one, version }: { name: string; version: string }) => [one, version]),
      );
    },
    async [Symbol.asyncDispose]() {
      await t[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

const done = (said: Said): Said => {
  expect(said, said.err).toMatchObject({ exit: 0 });
  return said;
};

describe("--backend NAME", () => {
  test("takes the build from its index, everything else from the usual one, and is remembered", async () => {
    await using b = await bench();
    done(await b.t.venvoy("create", "demo", "torch<2.9", "--backend", "cpu"));
    expect(await b.versions("demo")).toMatchObject({ torch: "2.5.1+cpu", numpy: "1.26.4" });
    expect(b.server.requests.filter((path) => path.includes("numpy"))).toEqual([]);
    expect(done(await b.t.venvoy("show", "demo")).out).toContain("builds for cpu");

    done(await b.t.venvoy("add", "-n", "demo", "six"));
    expect(await b.versions("demo")).toMatchObject({ torch: "2.5.1+cpu", six: "1.0" });
    done(await b.t.venvoy("clone", "demo", "copy"));
    expect(JSON.parse(done(await b.t.venvoy("show", "copy", "--json")).out).backend).toEqual({
      asked: "cpu",
      taken: "cpu",
    });
    done(await b.t.venvoy("rebuild", "demo", "--latest"));
    expect(await b.versions("demo")).toMatchObject({ torch: "2.5.1+cpu" });
  });

  test("another one later keeps the version, and undo brings the first back", async () => {
    await using b = await bench("560.35.03");
    done(await b.t.venvoy("create", "demo", "torch==2.5.1", "--backend", "cpu"));
    done(await b.t.venvoy("add", "-n", "demo", "six", "--backend", "cu126"));
    expect(await b.versions("demo")).toMatchObject({ torch: "2.5.1+cu126" });
    done(await b.t.venvoy("undo", "-n", "demo"));
    expect(await b.versions("demo")).toMatchObject({ torch: "2.5.1+cpu" });
    expect(done(await b.t.venvoy("show", "demo")).out).toContain("builds for cpu");
    const gone = done(await b.t.venvoy("upgrade", "-n", "demo", "--backend", "none"));
    expect(await b.versions("demo")).toMatchObject({ torch: "2.5.1" });
    expect(gone.out).toContain("2.5.1+cpu");
    expect(JSON.parse(done(await b.t.venvoy("show", "demo", "--json")).out).backend).toBeUndefined();
  });

  test("what the usual index has of a backend's packages doesn't count", async () => {
    await using b = await bench();
    const said = await b.t.venvoy("create", "demo", "torch==2.9.1", "--backend", "cu126");
    expect(said).toMatchObject({ exit: 1 });
    expect(said.err).toContain("torch");
    const none = await b.t.venvoy("create", "demo", "torch", "--backend", "cu144");
    expect(none.err).toContain("There are no builds of `torch` for cu144");
    done(await b.t.venvoy("create", "demo", "triton", "--backend", "cpu"));
    expect(await b.versions("demo")).toMatchObject({ triton: "3.6.0" });
    done(await b.t.venvoy("create", "other", "triton", "--backend", "cu126"));
    expect(await b.versions("other")).toMatchObject({ triton: "3.5.0" });
  });

  test("forced without a driver, or with one that is too old: allowed, and told", async () => {
    await using none = await bench();
    const without = done(await none.t.venvoy("create", "demo", "torch", "--backend", "cu126"));
    expect(without.out + without.err).toContain("no driver for cu126 was found on this machine");
    await using old = await bench("470.57.02");
    const said = done(await old.t.venvoy("create", "demo", "torch", "--backend", "cu126"));
    expect(said.out + said.err).toContain(
      "cu126 needs the NVIDIA driver 525.60.13 or newer, and this machine has 470.57.02",
    );
  });

  test("a name that is none lists those that are", async () => {
    await using b = await bench();
    const said = await b.t.venvoy("create", "demo", "torch", "--backend", "cu127");
    expect(said).toMatchObject({ exit: 2 });
    expect(said.err).toContain("`cu127` is no backend");
    expect(said.err).toContain("auto, none, cpu, cu132, cu130");
    expect(await b.t.venvoy("create", "demo", "--backend", "cuda")).toMatchObject({ exit: 2 });
  });

  test("stands in a project, in a script's header, and in the settings", async () => {
    await using b = await bench("560.35.03");
    b.t.write(
      "pyproject.toml",
      '[project]\nname = "x"\nversion = "1"\ndependencies = ["torch"]\n[tool.venvoy]\nbackend = "cpu"\n',
    );
    done(await b.t.venvoy("create", "demo", "-f", "pyproject.toml"));
    expect(await b.versions("demo")).toMatchObject({ torch: "2.9.0+cpu" });
    const header = "# /// script\n# dependencies = ['torch']\n# [tool.venvoy]\n# backend = 'cu126'\n# ///\n";
    b.t.write("a.py", `${header}import importlib.metadata as m; print(m.version('torch'))\n`);
    expect((await b.t.runs("run", "a.py")).out).toContain("2.9.0+cu126");
    expect((await b.t.runs("run", "--backend", "cpu", "a.py")).out).toContain("2.9.0+cpu");
    b.t.env["VENVOY_BACKEND"] = "cu118";
    done(await b.t.venvoy("create", "third", "torch"));
    expect(await b.versions("third")).toMatchObject({ torch: "2.5.1+cu118" });
  });

  test("a script's header leaves the backend of a shared environment as it is", async () => {
    await using b = await bench("560.35.03");
    done(await b.t.venvoy("create", "demo", "torch", "--backend", "cu126"));
    const header = "# /// script\n# dependencies = ['torch', 'six']\n# [tool.venvoy]\n# backend = 'cpu'\n# ///\n";
    b.t.write("a.py", `${header}import importlib.metadata as m; print(m.version('torch'))\n`);
    expect((await b.t.runs("run", "-n", "demo", "a.py")).out).toContain("2.9.0+cu126");
    expect(await b.versions("demo")).toMatchObject({ six: "1.0" });
    expect((await b.t.runs("run", "-n", "demo", "--backend", "cpu", "a.py")).out).toContain("2.9.0+");
  });

  test("credentials in the place of the indexes are not shown", async () => {
    await using b = await bench();
    b.t.env["VENVOY_BACKEND_INDEX"] = b.server.url.replace("://", "://me:secret@").replace(/:\d+/, ":9");
    const said = await b.t.venvoy("create", "demo", "torch", "--backend", "cpu");
    expect(said).toMatchObject({ exit: 1 });
    expect(said.err).not.toContain("secret");
  });
});

describe("--backend auto", () => {
  test.each([
    [undefined, "2.9.0+cpu", "no driver of a graphics processor was found: took builds for cpu"],
    ["580.65.06", "2.9.0+cu130", "builds for cu130: the NVIDIA driver 580.65.06 runs them"],
    // cu129 would be newer, and has an older torch only.
    ["575.51.03", "2.9.0+cu126", "builds for cu126"],
    ["470.57.02", "2.5.1+cu118", "builds for cu118"],
    ["390.157", "2.9.0+cpu", "nothing is built for the NVIDIA driver 390.157: took builds for cpu"],
  ])("driver %s: torch %s", async (driver, version, note) => {
    await using b = await bench(driver);
    const said = done(await b.t.venvoy("create", "demo", "torch", "--backend", "auto"));
    expect(await b.versions("demo")).toMatchObject({ torch: version });
    expect(said.out + said.err).toContain(note);
  });

  test("all builds are of one backend, though another has one of them, too", async () => {
    await using b = await bench("580.65.06");
    done(await b.t.venvoy("create", "demo", "torch", "torchvision", "--backend", "auto"));
    expect(await b.versions("demo")).toMatchObject({ torch: "2.9.0+cu126", torchvision: "0.24.0+cu126" });
  });

  test("a newer driver changes nothing until somebody upgrades", async () => {
    await using b = await bench("560.35.03");
    done(await b.t.venvoy("create", "demo", "torch", "--backend", "auto"));
    expect(done(await b.t.venvoy("show", "demo")).out).toContain("builds for this machine's hardware (cu126)");
    b.t.env["VENVOY_CUDA_DRIVER"] = "580.65.06";
    const added = done(await b.t.venvoy("add", "-n", "demo", "six"));
    expect(await b.versions("demo")).toMatchObject({ torch: "2.9.0+cu126" });
    expect(added.out + added.err).not.toContain("builds for");
    done(await b.t.venvoy("upgrade", "-n", "demo"));
    expect(await b.versions("demo")).toMatchObject({ torch: "2.9.0+cu130" });
  });

  test("a driver that is too old for what is asked for: the failure says what would do", async () => {
    await using b = await bench("470.57.02");
    const said = await b.t.venvoy("create", "demo", "torch==2.9", "--backend", "auto");
    expect(said).toMatchObject({ exit: 1 });
    expect(said.err).toContain(
      "No build of `torch` that is asked for runs with the NVIDIA driver 470.57.02: it takes cu118 at most, and there is 2.9.0 for others",
    );
    expect(said.err).toContain(
      "`--backend cpu` takes the build that needs no driver; cu126 needs the NVIDIA driver 525.60.13 or newer",
    );
    // Where backends are not the reason, the ordinary failure is told.
    const other = await b.t.venvoy("create", "demo", "torch==7", "--backend", "auto");
    expect(other).toMatchObject({ exit: 1 });
    expect(other.err).not.toContain("No build of");
  });

  test("the driver's own program says which driver there is", async () => {
    await using b = await bench();
    const bin = join(b.t.home, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "nvidia-smi"), "#!/bin/sh\necho 535.54.03\n");
    chmodSync(join(bin, "nvidia-smi"), 0o755);
    b.t.env["PATH"] = `${bin}:${b.t.env["PATH"]}`;
    done(await b.t.venvoy("create", "demo", "torch", "--backend", "auto"));
    expect(await b.versions("demo")).toMatchObject({ torch: "2.9.0+cu126" });
  });

  test("nothing is looked for and nothing told where no package has builds for hardware; offline is no reason to take another", async () => {
    await using b = await bench("580.65.06");
    const said = done(await b.t.venvoy("create", "demo", "six", "--backend", "auto"));
    expect(said.out + said.err).not.toContain("builds for");
    expect(b.server.requests).toEqual([]);
    done(await b.t.venvoy("create", "plain", "torch"));
    const offline = await b.t.venvoy("create", "gpu", "torch", "--backend", "cu126", "--offline");
    expect(offline).toMatchObject({ exit: 1 });
    expect(offline.err).toContain("torch");
  });
});

test("the intent says it in words that a person can edit", async () => {
  await using b = await bench();
  done(await b.t.venvoy("create", "demo", "torch", "--backend", "cpu"));
  const { path } = JSON.parse((await b.t.venvoy("show", "demo", "--json")).out);
  expect(readFileSync(join(realpathSync(path), "..", "..", "intent.toml"), "utf8")).toContain('backend = "cpu"');
});
