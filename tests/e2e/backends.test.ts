/** A lock with builds for several backends, with other tools. Uses the registry for pip's newest version and uv. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { nodePorts } from "../../src/node/index.ts";
import { BackendServer } from "../kit/backend-server.ts";
import { testContext } from "../kit/context.ts";

test("pip and uv take the processor's builds from the lock, and those that an extra names", {
  timeout: 600_000,
}, async () => {
  await using server = await BackendServer.start({
    cpu: { torch: { "2.5.1+cpu": {} } },
    cu126: { torch: { "2.5.1+cu126": { requires: ["nvidia-cublas-cu12"] } }, "nvidia-cublas-cu12": { "12.6": {} } },
    cu128: { torch: { "2.5.1+cu128": {} } },
  });
  await using t = await testContext({ six: { "1.0": {} } }, { VENVOY_BACKEND_INDEX: server.url });
  const { proc } = nodePorts();
  const run = async (...argv: [string, ...string[]]): Promise<string> => {
    const env = { ...process.env, UV_CACHE_DIR: join(t.home, "uv"), PIP_CONFIG_FILE: "/dev/null" };
    const { exit, stdout, stderr } = await proc.run({ argv, env, cwd: t.cwd });
    expect(exit, `${argv.join(" ")}\n${new TextDecoder().decode(stderr)}`).toBe(0);
    return new TextDecoder().decode(stdout).trim().split("\n").sort().join(" ");
  };
  t.write("requirements.txt", "torch\nsix\n");
  const backends = ["cpu", "cu126", "cu128"].flatMap((name) => ["--backend", name]);
  expect(await t.venvoy("lock", "requirements.txt", "-o", "pylock.toml", ...backends)).toMatchObject({ exit: 0 });

  await run("python3", "-m", "venv", "tools");
  const python = join(t.cwd, "tools/bin/python");
  const uv = join(t.cwd, "tools/bin/uv");
  await run(python, "-m", "pip", "install", "-q", "-U", "pip", "uv");
  const expected = {
    usual: "six==1.0 torch==2.5.1+cpu",
    cu126: "nvidia-cublas-cu12==12.6 six==1.0 torch==2.5.1+cu126",
    cu128: "six==1.0 torch==2.5.1+cu128",
  };
  for (const [choice, packages] of Object.entries(expected)) {
    const extra = choice === "usual" ? undefined : choice;
    const byUv = join(t.cwd, `uv-${choice}`);
    await run("python3", "-m", "venv", "--without-pip", byUv);
    const there = ["--python", join(byUv, "bin/python")];
    await run(
      uv,
      "pip",
      "sync",
      "-q",
      "--preview",
      "pylock.toml",
      ...(extra === undefined ? [] : ["--extra", extra]),
      ...there,
    );
    expect((await run(uv, "pip", "freeze", ...there)).replaceAll("_", "-")).toBe(packages);

    const byPip = join(t.cwd, `pip-${choice}`);
    await run("python3", "-m", "venv", "--without-pip", byPip);
    const pip = ["-m", "pip", "--python", join(byPip, "bin/python")] as const;
    await run(python, ...pip, "install", "-q", "-r", extra === undefined ? "pylock.toml" : `pylock.toml[${extra}]`);
    expect((await run(python, ...pip, "freeze")).replaceAll("_", "-")).toBe(packages);
  }
});
