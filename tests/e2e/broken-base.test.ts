import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { binary, person } from "../kit/binary.ts";
import { IndexServer } from "../kit/index-server.ts";
import { isInstalled } from "../kit/installed.ts";
import { movePython, pythonAt, twoPythons } from "../kit/moved-python.ts";
import { openTerminal } from "../kit/tmux.ts";
import { type WheelParts, wheel, wheelFilename } from "../kit/wheel.ts";

const pythons = twoPythons();

function served(name: string, version: string, parts: WheelParts) {
  return { filename: wheelFilename(name, version, parts), content: wheel(name, version, parts) };
}

test.skipIf(pythons === undefined || !isInstalled("tmux") || !isInstalled("bash"))(
  "on a terminal a run asks before it rebuilds on another Python, and undo goes back when the old one is there",
  async () => {
    const [older, newer] = pythons ?? [];
    if (older === undefined || newer === undefined) return;
    await using index = await IndexServer.start({
      both: [served("both", "1.0", {})],
      moving: [
        served("moving", "1.0", { tags: ["cp39-none-any"] }),
        served("moving", "1.1", { tags: ["cp310-none-any"] }),
      ],
    });
    using one = person({ PIP_INDEX_URL: index.url.reveal(), PATH: "/usr/bin:/bin" });
    const versions = join(one.home, "pyenv", "versions");
    one.env["PYENV_ROOT"] = join(one.home, "pyenv");
    const python = pythonAt(older, join(versions, "3.9.1"));
    pythonAt(newer, join(versions, "3.10.1"));
    const made = await one.venvoy("create", "relephant", "--python", "3.9", "both", "moving");
    expect(made).toMatchObject({ exit: 0 });
    movePython(python, join(one.home, "away"));
    const bin = join(one.home, "bin");
    mkdirSync(bin);
    symlinkSync(binary, join(bin, "venvoy"));
    const env = { ...one.env, PATH: `${bin}:/usr/bin:/bin`, PS1: "$ ", TERM: "screen" };

    using window = openTerminal(["bash", "--norc", "-i"], { env, cwd: one.home });
    const question = /Python 3\.9 is gone\. Rebuild relephant on 3\.10 \(2 packages, 1 changes\)\? \[Y\/n\]/;
    /** Types it on an empty screen: the question of the time before must be gone. */
    const enter = async (line: string): Promise<void> => {
      window.type("clear", "Enter");
      await window.until(/^\$$/);
      window.type(line, "Enter");
    };
    await enter('venvoy run -n relephant -c "import sys; print(*sys.version_info[:2])"; echo ended $?');
    await window.until(question);
    window.type("n", "Enter");
    expect(await window.until(/^ended 130\n\$$/m)).toContain("`relephant` was not rebuilt");
    await enter("venvoy doctor relephant --quick; echo ended $?");
    await window.until(question);
    window.type("n", "Enter");
    await window.until(/^ended 3\n\$$/m);
    await enter('venvoy run -n relephant -c "import sys; print(*sys.version_info[:2])"; echo ended $?');
    await window.until(question);
    window.type("Enter");
    const done = await window.until(/^ended 0$/m);
    expect(done).toMatch(question);
    expect(done).toMatch(/relephant is ready in .* go back: venvoy undo -n relephant\n3 10\n/);

    movePython(join(one.home, "away"), python);
    expect(await one.venvoy("undo", "-n", "relephant")).toMatchObject({ exit: 0 });
    const back = await one.venvoy("run", "-n", "relephant", "-c", "import sys; print(*sys.version_info[:2])");
    expect(back).toMatchObject({ exit: 0, out: "3 9\n" });
  },
);
