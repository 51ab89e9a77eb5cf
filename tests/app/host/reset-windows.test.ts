import { expect, test } from "vitest";
import { openContext } from "../../../src/app/context.ts";
import { resetHost } from "../../../src/app/host/reset.ts";
import { hostStatus } from "../../../src/app/host/status.ts";
import { absPath } from "../../../src/base/index.ts";
import { writeProfile } from "../../../src/host/index.ts";
import { memoryPorts } from "../../kit/memory-ports.ts";

test("a folder with a DLL that the host has loaded goes out of sight at once, and for good when the host has ended", async () => {
  const io = memoryPorts({ os: "windows" });
  const context = openContext(io, { reporter: io.reporter, offline: true });
  const { fs } = io;
  const siteEnvs = absPath("C:\\Users\\ann\\.rhinocode\\py39-rh8\\site-envs");
  const folder = fs.path.join(siteEnvs, "default-A6YRvqqN");
  await fs.makeDir(fs.path.join(folder, "num", "core"));
  const dll = fs.path.join(folder, "num", "core", "a.pyd");
  await fs.write(dll, "code");
  await fs.write(fs.path.join(folder, "num", "__init__.py"), "");
  const profile = {
    name: "rhino8",
    title: "Rhino 8",
    template: "rhino8",
    python: absPath("C:\\Users\\ann\\.rhinocode\\py39-rh8\\python.exe"),
    version: "3.9.10",
    implementation: "cpython",
    abi: undefined,
    platform: "win-amd64",
    siteDirs: [],
    siteEnvs,
    pathDirs: [],
    honours: [],
    ignores: [],
    bundled: [],
  };
  await writeProfile(fs, context.layout, profile, 0);
  const left = await resetHost(context, { host: "rhino8" });
  expect([left.removed, left.left.map((one) => one.entries)]).toEqual([[], [["num"]]]);
  io.disk.loadElsewhere(dll);
  const report = await resetHost(context, { host: "rhino8", all: true });
  expect(report.removed.map((one) => one.id)).toEqual(["default"]);
  expect(await fs.info(folder)).toBeUndefined();
  const [waiting] = report.pending;
  expect(waiting).toContain(".venvoy-trash-");
  expect((await resetHost(context, { host: "rhino8", all: true })).removed).toEqual([]);
  expect(await fs.info(waiting ?? siteEnvs)).toBeDefined();
  io.disk.unloadAll();
  expect((await hostStatus(context, "rhino8")).environments).toEqual([]);
  expect(await fs.list(siteEnvs)).toEqual([]);
});
