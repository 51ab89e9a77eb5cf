import { spawnSync } from "node:child_process";
import { beforeAll, describe, expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { nodeClock, nodePorts, nodeSystem } from "../../src/node/index.ts";
import { bundleProgram, bunProgram, nodeProgram } from "../kit/runtimes.ts";
import { tempDir } from "../kit/temp.ts";

let program = "";
beforeAll(() => {
  program = bundleProgram("tests/node/programs/tell-system.ts", tempDir("system"));
});

function tell(runtime: string, env: Readonly<Record<string, string>> = {}, cwd?: string): Record<string, unknown> {
  const answer = spawnSync(runtime, [program], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"] ?? "", ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  return JSON.parse(answer.stdout);
}

const said = (command: string, ...args: string[]): string =>
  spawnSync(command, args, { encoding: "utf8" }).stdout.trim();

describe.each([
  ["Node", nodeProgram],
  ["Bun", bunProgram],
])("this machine, as %s sees it", (_name, runtime) => {
  test("it is named as Python and the system name it", () => {
    const system = tell(runtime);
    expect(system["machine"]).toBe(said("python3", "-c", "import platform; print(platform.machine())"));
    expect(system["user"]).toBe(said("id", "-un"));
    expect(system["uid"]).toBe(Number(said("id", "-u")));
    expect(system["hostName"]).toBe(said("uname", "-n"));
    expect(system["cores"]).toBeGreaterThan(0);
  });

  test("the C library is the one that programs here are linked with", () => {
    const glibc = /^glibc (\d+\.\d+)/.exec(said("getconf", "GNU_LIBC_VERSION"))?.[1];
    const { libc } = tell(runtime) as { libc?: { kind: string; version: string } };
    if (glibc !== undefined) expect(libc).toEqual({ kind: "glibc", version: glibc });
    else if (process.platform === "linux") expect(libc?.kind).toBe("musl");
    else expect(libc).toBeUndefined();
  });

  test("home and name come from the environment first", () => {
    const system = tell(runtime, { HOME: "/somewhere", USER: "ada" });
    expect(system["home"]).toBe("/somewhere");
  });

  test("it can start itself again", () => {
    const self = tell(runtime)["self"] as string[];
    expect(self.at(-1)).toBe(program);
    expect(self[0]?.startsWith("/")).toBe(true);
  });
});

test("a removed working directory still has its name", () => {
  for (const runtime of [nodeProgram, bunProgram]) {
    const directory = tempDir("gone");
    const script = 'cd "$0" && rmdir "$0" && exec "$@"';
    const answer = spawnSync("sh", ["-c", script, directory, runtime, program], { encoding: "utf8" });
    expect(JSON.parse(answer.stdout).cwd).toBe(directory);
  }
});

test("random bytes differ, and are as many as asked for", () => {
  const { random } = nodeSystem();
  expect(random(16)).toHaveLength(16);
  expect(random(16)).not.toEqual(random(16));
});

test("the clock sleeps no longer than it is let", async () => {
  const clock = nodeClock();
  const before = clock.elapsed();
  await clock.sleep(1);
  expect(clock.elapsed()).toBeGreaterThanOrEqual(before);
  const controller = new AbortController();
  const asleep = clock.sleep(60_000, controller.signal);
  controller.abort(new Error("enough"));
  await expect(asleep).rejects.toThrow("enough");
  await expect(clock.sleep(60_000, controller.signal)).rejects.toThrow("enough");
});

test("the ports are gathered", async () => {
  const ports = nodePorts();
  expect(ports.fs.path.kind).toBe(process.platform === "win32" ? "windows" : "posix");
  expect(await ports.fs.info(absPath("/no/such/thing"))).toBeUndefined();
});
