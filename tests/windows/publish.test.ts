import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { account } from "./kit/account.ts";
import { machine } from "./kit/machine.ts";
import { slimPython } from "./kit/standalone-tree.ts";

const windows = machine();
const work = mkdtempSync(join(tmpdir(), "venvoy-publish-"));

afterAll(() => rmSync(work, { recursive: true, force: true }));

describe.skipIf(windows?.python === undefined)("publishing from Windows", () => {
  test("an environment goes to a share, runs from there and from a pulled copy, and names no place of its maker", async () => {
    if (windows === undefined) return;
    mkdirSync(join(work, "Team Share"));
    windows.drive("s", work);
    windows.drive("p", join(work, "python"));
    slimPython(windows.python ?? "", join(work, "python"));
    const artist = account(windows, "artist");
    const engineer = account(windows, "engineer");
    expect(
      await engineer.venvoy(["create", "tools", "markupsafe", "pygments", "--python", "P:\\python.exe"]),
    ).toMatchObject({ exit: 0 });
    const published = await engineer.venvoy(["publish", "tools", "S:\\Team Share\\tools"]);
    expect(published).toMatchObject({ exit: 0 });
    expect(published.out).toContain("S:\\Team Share\\tools\\bin\\python");
    // Whatever still led to the engineer's machine leads nowhere now.
    renameSync(engineer.home, `${engineer.home}-gone`);

    const tree = join(work, "Team Share", "tools", "releases", "1");
    const holding = readdirSync(tree, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => /C:[\\/]+engineer|\/dist\/windows\/|dist\\+windows\\+/i.test(readFileSync(file, "latin1")));
    expect(holding).toEqual([]);

    // The same share under another letter.
    windows.drive("u", join(work, "Team Share"));
    const code = "import markupsafe._speedups, sys; print(sys.prefix)";
    for (const [place, words] of [
      ["S:\\Team Share\\tools\\releases\\1", ["S:\\Team Share\\tools\\releases\\1\\python.exe"]],
      ["U:\\tools\\releases\\1", ["U:\\tools\\releases\\1\\Scripts\\python.exe"]],
      ["U:\\tools\\releases\\1", ["cmd", "/c", "U:\\tools\\bin\\python.cmd"]],
    ] as const) {
      const [program = "", ...rest] = words;
      const { out, err } = await windows.run(program, [...rest, "-c", code]);
      expect({ out: out.trim(), err }).toEqual({ out: place, err: "" });
    }
    const check = await windows.run("U:\\tools\\releases\\1\\python.exe", ["-m", "pip", "check"]);
    expect(check).toMatchObject({ exit: 0, out: expect.stringContaining("No broken requirements") });
    const tool = await windows.run("cmd", ["/c", "U:\\tools\\bin\\pygmentize.cmd", "-V"]);
    expect(tool.out).toContain("Pygments version");

    expect(await artist.venvoy(["pull", "U:\\tools"])).toMatchObject({ exit: 0 });
    rmSync(join(work, "Team Share"), { recursive: true });
    const ran = await artist.venvoy(["run", "-n", "tools", "python", "-c", code]);
    expect(ran.out.trim()).toMatch(/^C:\\artist\\envs\\tools-\w+\\generations\\1$/);
    expect((await artist.venvoy(["run", "-n", "tools", "pygmentize", "-V"])).out).toContain("Pygments version");
  }, 1_200_000);
});
