import { describe, expect, test } from "vitest";
import { machine } from "./kit/machine.ts";

const windows = machine();

describe.skipIf(windows === undefined)("the binary for Windows", () => {
  test("says its version, and what it does", async () => {
    if (windows === undefined) return;
    const version = await windows.run(windows.binary, ["--version"]);
    expect(version).toMatchObject({ exit: 0, err: "" });
    expect(version.out).toMatch(/^venvoy \d+\.\d+\.\d+\r?\n$/);
    const help = await windows.run(windows.binary, ["help"]);
    expect(help.exit).toBe(0);
    expect(help.out).toContain("venvoy keeps your Python environments");
  });

  test("ends with the number that the failure has", async () => {
    if (windows === undefined) return;
    const env = { VENVOY_HOME: "C:\\empty home" };
    const unknown = await windows.run(windows.binary, ["run", "-n", "nobody", "python"], { env });
    expect(unknown.exit).toBe(2);
    expect(unknown.err).toContain("No environment is named `nobody`");
    const told = await windows.run(windows.binary, ["list", "--json"], { env });
    expect(JSON.parse(told.out)).toMatchObject({});
  });
});
