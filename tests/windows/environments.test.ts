import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { account } from "./kit/account.ts";
import { machine } from "./kit/machine.ts";

const windows = machine();

describe.skipIf(windows?.python === undefined)("environments on Windows", () => {
  test("are made with compiled packages and programs, change, and go back", async () => {
    if (windows === undefined) return;
    const { venvoy, python, home } = account(windows, "My Home\\grün");
    const made = await venvoy(["create", "demo", "markupsafe", "pygments", "--python", python]);
    expect(made).toMatchObject({ exit: 0 });
    const code = "import sys, markupsafe._speedups as s; print(s.__file__, sys.prefix, sys.base_prefix, sep='|')";
    const ran = await venvoy(["run", "-n", "demo", "python", "-X", "utf8", "-c", code]);
    expect(ran.err).toBe("");
    const [file = "", prefix = "", base = ""] = ran.out.trim().split("|");
    expect(prefix).toMatch(/^C:\\My Home\\grün\\envs\\demo-\w{8}\\generations\\1$/);
    expect(file).toBe(`${prefix}\\Lib\\site-packages\\markupsafe\\_speedups.cp311-win_amd64.pyd`);
    expect(base).toBe("C:\\My Home\\grün\\bases\\cpython-3.11-windows-amd64");

    const scripts = "C:\\My Home\\grün\\envs\\demo\\Scripts";
    const direct = await windows.run("cmd", ["/c", `${scripts}\\pygmentize.cmd`, "-V"]);
    expect(direct.out).toContain("Pygments version");
    const listed = await windows.run(`${scripts}\\python.exe`, ["-m", "pip", "list", "--format=freeze"]);
    expect(listed.out).toMatch(/^markupsafe==/im);

    expect(await venvoy(["add", "six", "-n", "demo"])).toMatchObject({ exit: 0 });
    const two = await venvoy(["run", "-n", "demo", "python", "-c", "import six, sys; print(sys.prefix[-1])"]);
    expect(two.out.trim()).toBe("2");
    expect(await venvoy(["undo", "-n", "demo"])).toMatchObject({ exit: 0 });
    const back = await venvoy(["run", "-n", "demo", "python", "-c", "import six"]);
    expect(back.exit).toBe(1);
    expect(existsSync(join(home, "envs"))).toBe(true);
  });

  test("are cloned, renamed, deleted and restored; names fold, and devices are no names", async () => {
    if (windows === undefined) return;
    const { venvoy, python } = account(windows, "names");
    expect(await venvoy(["create", "Demo", "--python", python])).toMatchObject({ exit: 0 });
    for (const words of [
      ["clone", "demo", "copy"],
      ["rename", "copy", "other"],
      ["delete", "OTHER", "-y"],
      ["restore", "other"],
    ]) {
      expect(await venvoy(words), words.join(" ")).toMatchObject({ exit: 0 });
    }
    const list = JSON.parse((await venvoy(["list", "--json"])).out) as { name: string }[];
    expect(list.map(({ name }) => name).sort()).toEqual(["Demo", "other"]);
    expect((await venvoy(["create", "DEMO"])).err).toContain("`Demo`");
    for (const device of ["con", "NUL", "lpt1.x"]) {
      expect((await venvoy(["create", device])).exit, device).toBe(2);
    }
    expect((await venvoy(["doctor"])).out).toContain("nothing is wrong");
  });

  test("a script's header is read, arguments and the end's number pass", async () => {
    if (windows === undefined) return;
    const { venvoy, python } = account(windows, "scripts");
    const lines = [
      "# /// script",
      '# dependencies = ["six"]',
      "# ///",
      "import six, sys",
      "print(sys.argv[1:])",
      "sys.exit(5)",
    ];
    writeFileSync(join(windows.c, "headed-tool.py"), lines.join("\r\n"));
    for (const start of ["first", "second"]) {
      const ran = await venvoy(["run", "--python", python, "C:\\headed-tool.py", "a b", 'say "hi"', "c:\\d\\", start]);
      expect(ran.out).toContain(`['a b', 'say "hi"', 'c:\\\\d\\\\', '${start}']`);
      expect(ran.exit).toBe(5);
    }
  });

  test("a library that a program has loaded stops no change, and the program goes on", async () => {
    if (windows === undefined) return;
    const { venvoy, python, home } = account(windows, "busy");
    expect(await venvoy(["create", "demo", "markupsafe", "--python", python])).toMatchObject({ exit: 0 });
    let isRunning: () => void = () => {};
    const running = new Promise<void>((resolve) => {
      isRunning = resolve;
    });
    let goOn: () => void = () => {};
    const code =
      "import markupsafe, sys; print('ready', flush=True); sys.stdin.readline(); import json.tool; print('done')";
    const program = venvoy(["run", "-n", "demo", "python", "-c", code], {
      holdInput: (end) => {
        goOn = end;
      },
      onOut: (all) => {
        if (all.includes("ready")) isRunning();
      },
    });
    await running;
    expect(await venvoy(["add", "six", "-n", "demo"])).toMatchObject({ exit: 0 });
    const two = await venvoy([
      "run",
      "-n",
      "demo",
      "python",
      "-c",
      "import six, markupsafe, sys; print(sys.prefix[-1])",
    ]);
    expect(two.out.trim()).toBe("2");
    expect(await venvoy(["remove", "markupsafe", "-n", "demo"])).toMatchObject({ exit: 0 });
    goOn();
    expect(await program).toMatchObject({ exit: 0, out: expect.stringContaining("done") });
    expect(await venvoy(["delete", "demo", "-y"])).toMatchObject({ exit: 0 });
    expect(readdirSync(join(home, "envs")).filter((name) => name.startsWith("demo"))).toEqual([]);
  });

  test("lie deeper than the 260 characters of old programs", async () => {
    if (windows === undefined) return;
    const { venvoy, python } = account(windows, `deep\\${"x".repeat(60)}\\${"y".repeat(60)}\\${"z".repeat(60)}`);
    expect(await venvoy(["create", "demo", "pygments", "--python", python])).toMatchObject({ exit: 0 });
    const code = "import pygments.lexers.python as p; print(len(p.__file__))";
    const ran = await venvoy(["run", "-n", "demo", "python", "-c", code]);
    expect(Number(ran.out)).toBeGreaterThan(260);
    expect(await venvoy(["delete", "demo", "-y"])).toMatchObject({ exit: 0 });
  });
});
