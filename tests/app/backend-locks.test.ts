import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parsePylock, selectFromPylock } from "../../src/pep/index.ts";
import { parseTarget } from "../../src/python/index.ts";
import { BackendServer } from "../kit/backend-server.ts";
import { type Said, type TestContext, testContext } from "../kit/context.ts";

const native = (backend: string, tags: readonly string[]) => ({
  tags,
  requires: ["numpy", ...(backend === "cu126" ? ["nvidia-cublas-cu12 ; sys_platform == 'linux'"] : [])],
});
const anywhere = ["py3-none-any"];

async function start(): Promise<{ readonly t: TestContext; readonly server: BackendServer } & AsyncDisposable> {
  const server = await BackendServer.start({
    cpu: { torch: { "2.5.1+cpu": native("cpu", anywhere), "2.6.0+cpu": native("cpu", anywhere) } },
    cu126: {
      torch: { "2.5.1+cu126": native("cu126", ["py3-none-linux_x86_64", "py3-none-win_amd64"]) },
      "nvidia-cublas-cu12": { "12.6": {} },
    },
    cu128: { torch: { "2.5.1+cu128": native("cu128", anywhere), "2.6.0+cu128": native("cu128", anywhere) } },
    "rocm6.4": { torch: { "2.5.1+rocm6.4": native("rocm6.4", ["py3-none-linux_x86_64"]) } },
  });
  const t = await testContext(
    { numpy: { "1.0": {}, "2.0": {} }, six: { "1.0": {} } },
    { VENVOY_BACKEND_INDEX: server.url },
  );
  t.write("requirements.txt", "torch\nsix\n");
  return {
    t,
    server,
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

const linux = "linux-x86_64-cp311";
const mac = "macos-arm64-cp313";

function chosen(text: string, target: string, extras: readonly string[] = []): string[] {
  return selectFromPylock(parsePylock(text), parseTarget(target).target, { extras: new Set(extras) })
    .map(({ package: one }) => `${one.name} ${one.version}`)
    .sort();
}

async function torchOf(t: TestContext, name: string): Promise<string | undefined> {
  const { installed } = JSON.parse((await t.venvoy("show", name, "--json")).out);
  return installed.find((one: { name: string }) => one.name === "torch")?.version;
}

describe("one lock for several backends", () => {
  test("an extra chooses, the processor's builds are taken without one, and only what differs is marked", async () => {
    await using b = await start();
    const said = done(
      await b.t.venvoy("lock", "requirements.txt", "-o", "pylock.toml", "--backend", "cu126", "--backend", "cpu"),
    );
    expect(said.out).toContain("(cpu, cu126)");
    const text = readFileSync(join(b.t.cwd, "pylock.toml"), "utf8");
    const lock = parsePylock(text);
    expect(lock.extras).toEqual(["cpu", "cu126"]);
    expect(lock.packages.map((one) => [one.name, String(one.version), one.marker?.toString()])).toEqual([
      ["numpy", "2.0", undefined],
      ["nvidia-cublas-cu12", "12.6", '"cu126" in extras'],
      ["six", "1.0", undefined],
      ["torch", "2.5.1+cpu", '"cu126" not in extras'],
      ["torch", "2.5.1+cu126", '"cu126" in extras'],
    ]);
    // A second run says the same; the builds need not be named again.
    expect(done(await b.t.venvoy("lock", "requirements.txt", "-o", "pylock.toml")).out).toContain("says that already");
    expect(await b.t.venvoy("lock", "requirements.txt", "--check")).toMatchObject({ exit: 0 });
    const fewer = await b.t.venvoy("lock", "requirements.txt", "--check", "--backend", "cpu", "--backend", "cu128");
    expect(fewer).toMatchObject({ exit: 3 });
  });

  test("each machine takes its own at install, and keeps to that", async () => {
    await using b = await start();
    const three = ["cpu", "cu126", "cu128"].flatMap((name) => ["--backend", name]);
    done(await b.t.venvoy("lock", "requirements.txt", "-o", "pylock.toml", ...three));
    done(await b.t.venvoy("create", "plain", "-f", "pylock.toml"));
    expect(await torchOf(b.t, "plain")).toBe("2.5.1+cpu");
    b.t.env["VENVOY_CUDA_DRIVER"] = "560.35.03";
    const said = done(await b.t.venvoy("create", "gpu", "-f", "pylock.toml"));
    expect(await torchOf(b.t, "gpu")).toBe("2.5.1+cu128");
    expect(said.out + said.err).toContain("builds for cu128: the NVIDIA driver 560.35.03 runs them");
    done(await b.t.venvoy("remove", "-n", "gpu", "six"));
    expect(await torchOf(b.t, "gpu")).toBe("2.5.1+cu128");

    done(await b.t.venvoy("create", "forced", "-f", "pylock.toml", "--backend", "cu126"));
    expect(await torchOf(b.t, "forced")).toBe("2.5.1+cu126");
    done(await b.t.venvoy("sync", "-n", "forced", "pylock.toml"));
    expect(await torchOf(b.t, "forced")).toBe("2.5.1+cu126");
    done(await b.t.venvoy("sync", "-n", "forced", "pylock.toml", "--backend", "cpu"));
    expect(await torchOf(b.t, "forced")).toBe("2.5.1+cpu");
    done(await b.t.venvoy("create", "all", "-f", "pylock.toml", "--all-extras"));
    expect(await torchOf(b.t, "all")).toBe("2.5.1+cu128");

    const absent = await b.t.venvoy("create", "no", "-f", "pylock.toml", "--backend", "cu118");
    expect(absent).toMatchObject({ exit: 1 });
    expect(absent.err).toContain("`pylock.toml` has no builds for `cu118`: it has those for cpu, cu128, cu126");
  });

  test("without builds for the processor, a machine without a driver is told what there is", async () => {
    await using b = await start();
    done(await b.t.venvoy("lock", "requirements.txt", "-o", "pylock.toml", "--backend", "cu126", "--backend", "cu128"));
    const said = await b.t.venvoy("create", "demo", "-f", "pylock.toml");
    expect(said.err).toContain("`pylock.toml` has no builds that run on this machine: it has those for cu128, cu126");
    done(await b.t.venvoy("create", "demo", "-f", "pylock.toml", "--backend", "cu126"));
  });

  test("several targets and backends: a system without builds for one takes the processor's", async () => {
    await using b = await start();
    const asked = [
      "--target",
      linux,
      "--target",
      mac,
      "--backend",
      "cpu",
      "--backend",
      "cu126",
      "--backend",
      "rocm6.4",
    ];
    const { out } = done(await b.t.venvoy("lock", "requirements.txt", ...asked));
    for (const [target, extras, torch] of [
      [linux, [], "torch 2.5.1+cpu"],
      [linux, ["cu126"], "torch 2.5.1+cu126"],
      [linux, ["rocm6-4"], "torch 2.5.1+rocm6.4"],
      [mac, [], "torch 2.5.1+cpu"],
      [mac, ["cu126"], "torch 2.5.1+cpu"],
      [mac, ["rocm6-4"], "torch 2.5.1+cpu"],
    ] as const) {
      expect(chosen(out, target, extras)).toContain(torch);
      expect(chosen(out, target, extras)).toContain("numpy 2.0");
    }
    expect(() => chosen(out, linux, ["cu126", "rocm6-4"])).toThrow("is there twice");
  });

  test("one backend needs no choice, and is kept by what is installed from the lock", async () => {
    await using b = await start();
    done(await b.t.venvoy("lock", "requirements.txt", "-o", "pylock.toml", "--backend", "cu126", "--target", linux));
    const text = readFileSync(join(b.t.cwd, "pylock.toml"), "utf8");
    expect(parsePylock(text).extras).toBeUndefined();
    expect(text).toMatch(/backends = \[ ?"cu126" ?\]/);
    done(await b.t.venvoy("create", "demo", "-p", "3.11", "-f", "pylock.toml"));
    expect(JSON.parse((await b.t.venvoy("show", "demo", "--json")).out).backend).toEqual({
      asked: "cu126",
      taken: "cu126",
    });
    const auto = await b.t.venvoy("lock", "requirements.txt", "--backend", "auto", "--target", linux);
    expect(auto).toMatchObject({ exit: 2 });
    expect(auto.err).toContain("`auto` reads this machine");
  });

  test("a wheelhouse has the files of all, or of those that are named", async () => {
    await using b = await start();
    done(await b.t.venvoy("lock", "requirements.txt", "-o", "pylock.toml", "--backend", "cpu", "--backend", "cu126"));
    const all = JSON.parse(done(await b.t.venvoy("fetch", "pylock.toml", "-o", "house", "--json")).out);
    expect(all.files.map((one: { filename: string }) => one.filename)).toEqual([
      "numpy-2.0-py3-none-any.whl",
      "nvidia_cublas_cu12-12.6-py3-none-any.whl",
      "six-1.0-py3-none-any.whl",
      "torch-2.5.1+cpu-py3-none-any.whl",
      expect.stringContaining("torch-2.5.1+cu126"),
    ]);
    const some = JSON.parse(
      done(await b.t.venvoy("fetch", "requirements.txt", "-o", "cpu", "--backend", "cpu", "--json")).out,
    );
    expect(some.files).toHaveLength(3);
    b.t.env["PIP_INDEX_URL"] = "http://127.0.0.1:9/simple/";
    b.t.env["VENVOY_BACKEND_INDEX"] = "http://127.0.0.1:9/whl/";
    const offline = ["--offline", "--no-index", "--find-links", "house"];
    done(await b.t.venvoy("create", "away", "-f", "pylock.toml", "--backend", "cu126", ...offline));
    expect(await torchOf(b.t, "away")).toBe("2.5.1+cu126");
  });
});
