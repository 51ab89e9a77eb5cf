import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { binary } from "../kit/binary.ts";
import { isInstalled } from "../kit/installed.ts";
import { anyPrompt, openTerminal } from "../kit/tmux.ts";

const homes: string[] = [];
afterAll(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

/** A new account: an empty home but for a few files, and the variables that a login gives. */
function account(shell: string, files: Readonly<Record<string, string>> = {}) {
  const home = mkdtempSync(join(tmpdir(), "venvoy-setup-"));
  homes.push(home);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  }
  const kept = ["PATH", "LANG", "PYENV_ROOT", "PIP_INDEX_URL", "PIP_CONFIG_FILE", "SSL_CERT_FILE"];
  const env = Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  return {
    home,
    env: { ...env, HOME: home, SHELL: `/bin/${shell}`, TERM: "screen", VENVOY_COMPILE: "never", VENVOY_TIDY: "never" },
  };
}

/** The person's own files: what neither venvoy nor a shell keeps for itself. Links are not followed. */
function ownFiles(home: string, below = ""): Readonly<Record<string, string>> {
  const skipped =
    /^\.(cache|local\/share|config\/fish\/(fish_variables|completions|functions|config\.fish)|\w*history)$/;
  const found: Record<string, string> = {};
  for (const entry of readdirSync(join(home, below), { withFileTypes: true })) {
    const path = join(below, entry.name);
    if (skipped.test(path)) continue;
    if (entry.isDirectory()) Object.assign(found, ownFiles(home, path));
    else found[path] = entry.isSymbolicLink() ? readlinkSync(join(home, path)) : readFileSync(join(home, path), "utf8");
  }
  return found;
}

interface Walk {
  readonly argv: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  /** Whether TAB completes names. */
  readonly tab: boolean;
}

const walks: Readonly<Record<string, Walk>> = {
  // tmux starts login shells; so does a window on macOS.
  "bash, as a login shell": { argv: ["bash", "--login"], tab: true },
  bash: { argv: ["bash"], files: { ".bashrc": "alias ll='ls -l'", ".profile": ". ~/.bashrc\n" }, tab: true },
  // The completion system is started below nothing, and above the line of somebody who put it there.
  zsh: { argv: ["zsh"], files: { ".zshrc": "autoload -Uz compinit\ncompinit -D\n" }, tab: true },
  "zsh without completion": { argv: ["zsh"], files: { ".zshrc": "# mine\n" }, tab: true },
  fish: { argv: ["fish"], tab: true },
  ksh: { argv: ["ksh"], tab: false },
  tcsh: { argv: ["tcsh"], files: { ".tcshrc": "set autolist\n" }, tab: true },
};

for (const [name, { argv, files = {}, tab }] of Object.entries(walks)) {
  const shell = argv[0] ?? "";
  test.skipIf(!isInstalled(shell, "tmux"))(`${name}: setup, a new terminal, an environment, and back`, async () => {
    const { home, env } = account(shell, files);
    const before = ownFiles(home);
    {
      using first = openTerminal(argv, { env, cwd: home });
      await first.until(anyPrompt);
      first.type(`${binary} setup`, "Enter");
      await first.until(/Do it\? \[y\/N\]/);
      first.type("y", "Enter");
      await first.until(/is set up\. Open a new terminal, then: mkvenv demo/);
    }
    using second = openTerminal(argv, { env, cwd: home });
    await second.until(anyPrompt);
    second.type("mkvenv demo", "Enter");
    await second.until(/version 1 of demo/);
    await second.until(/\(demo\)[^\n]*$/);
    second.type("stopvenv", "Enter");
    await second.until(/stopvenv\n(?!.*\(demo\))[^\n]+$/);
    second.type(tab ? "usevenv d" : "usevenv demo", ...(tab ? ["Tab"] : []));
    await second.until(/usevenv demo ?$/);
    second.type("Enter");
    await second.until(/usevenv demo *\n\(demo\)[^\n]*$/);
    second.type("python -c 'import sys; print(\"prefix=\"+sys.prefix)'", "Enter");
    await second.until(
      new RegExp(`^prefix=${home}/\\.local/share/venvoy/envs/demo-[\\s\\S]*\\n\\(demo\\)[^\\n]*$`, "m"),
    );
    second.type("venvoy setup", "Enter");
    await second.until(/is set up: nothing to do[\s\S]*\n\(demo\)[^\n]*$/);
    second.type("venvoy setup --remove", "Enter");
    await second.until(/Do it\? \[y\/N\]/);
    second.type("y", "Enter");
    await second.until(/venvoy is out of every shell/);
    expect(ownFiles(home)).toEqual(before);
  });
}

test("zsh: the line may stand above the start of the completion system", {
  skip: !isInstalled("zsh", "tmux"),
}, async () => {
  const { home, env } = account("zsh", { ".zshrc": "\n" });
  expect(spawnSync(binary, ["setup", "zsh", "-y"], { env, encoding: "utf8" }).status).toBe(0);
  const file = join(home, ".zshrc");
  writeFileSync(file, `${readFileSync(file, "utf8")}autoload -Uz compinit\ncompinit -D\n`);
  using window = openTerminal(["zsh"], { env, cwd: home });
  await window.until(anyPrompt);
  window.type("venvoy hist", "Tab");
  await window.until(/venvoy history ?$/);
});

test.skipIf(!isInstalled("bash", "tmux", "python3"))(
  "environments of MultiVenv are taken over when the person says so",
  async () => {
    const { home, env } = account("bash");
    for (const name of ["old", "older"]) {
      const made = spawnSync("python3", ["-m", "venv", "--without-pip", join(home, ".multivenv", name)], { env });
      expect(made.status).toBe(0);
    }
    using window = openTerminal(["bash", "--login"], { env, cwd: home });
    await window.until(anyPrompt);
    window.type(`${binary} setup`, "Enter");
    await window.until(/Do it\? \[y\/N\]/);
    window.type("y", "Enter");
    const offered = await window.until(/Take these 2 over, with the same versions\? MultiVenv's stay\. \[y\/N\]/);
    expect(offered).toMatch(/bash is set up[\s\S]+MultiVenv keeps 2 environments in ~\/\.multivenv\n {2}old +Python 3/);
    window.type("y", "Enter");
    await window.until(/imported old from [\s\S]*imported older from[\s\S]*[$#]$/);
    expect(spawnSync(binary, ["list"], { env, encoding: "utf8" }).stdout).toMatch(/^old .*\nolder /);
    expect(readdirSync(join(home, ".multivenv")).sort()).toEqual(["old", "older"]);
    // What is here already is not offered again.
    window.type("clear", "Enter", `${binary} setup`, "Enter");
    expect(await window.until(/nothing to do/)).not.toContain("MultiVenv");
  },
);

test("without a terminal it says what to type, and does nothing", () => {
  const { home, env } = account("bash");
  const said = spawnSync("bash", ["-c", `${binary} setup; exit $?`], { env, cwd: home, encoding: "utf8" });
  expect(said.status).toBe(2);
  expect(said.stderr).toContain("hint: venvoy setup bash --yes");
  expect(readdirSync(home).filter((name) => name !== ".cache")).toEqual([]);
});
