import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import type { SetupReport } from "../../src/app/index.ts";
import { type TestContext, testContext } from "../kit/context.ts";

/** A home with these files, and nothing of the shells of whoever runs the tests. */
async function newHome(files: Readonly<Record<string, string>> = {}, env: Record<string, string> = {}) {
  const context = await testContext({}, { SHELL: "/bin/bash", ...env });
  for (const [path, text] of Object.entries(files)) {
    const file = join(context.home, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return context;
}

/** Every file of the home outside venvoy's own directory, with its content and mode. */
function homeFiles({ home }: TestContext): Readonly<Record<string, string>> {
  const entries = readdirSync(home, { recursive: true, encoding: "utf8" }).sort();
  return Object.fromEntries(
    entries
      .filter((path) => !/^(venvoy|work)(\/|$)/.test(path))
      .map((path) => {
        const info = lstatSync(join(home, path));
        const what = info.isSymbolicLink()
          ? `-> ${readlinkSync(join(home, path))}`
          : info.isDirectory()
            ? "directory"
            : readFileSync(join(home, path), "utf8");
        return [path, `${(info.mode & 0o777).toString(8)} ${what}`];
      }),
  );
}

const read = ({ home }: TestContext, path: string): string => readFileSync(join(home, path), "utf8");

const hookIn = (name: string): string => `~/venvoy/shell/${name}`;
const posixLine = (name: string): string => `[ ! -r ${hookIn(name)} ] || . ${hookIn(name)}  # venvoy setup\n`;

test("a new home gets the program, the hook and the lines; a second time there is nothing to do; removing leaves nothing", async () => {
  await using context = await newHome();
  const before = homeFiles(context);
  const first = await context.venvoy("setup", "bash", "--yes");
  expect(first).toMatchObject({ exit: 0, err: "" });
  expect(first.out).toBe(
    "✓ bash is set up. Open a new terminal, then: mkvenv demo   take it back: venvoy setup --remove\n",
  );
  expect(read(context, ".bashrc")).toBe(posixLine("venvoy.bash"));
  const hook = hookIn("venvoy.bash");
  expect(read(context, ".profile")).toBe(
    `[ -z "\${BASH_VERSION-}" ] || [ ! -r ${hook} ] || . ${hook}  # venvoy setup\n`,
  );
  expect(statSync(join(context.home, ".local/bin/venvoy")).mode & 0o777).toBe(0o755);
  const hookText = read(context, "venvoy/shell/venvoy.bash");
  expect(hookText).toContain(`PATH='${context.home}/.local/bin'":$PATH"`);
  expect(hookText).toContain("complete -F _venvoy_complete venvoy mkvenv usevenv");
  expect(await context.venvoy("setup", "bash")).toMatchObject({ exit: 0, out: "✓ bash is set up: nothing to do\n" });
  expect((await context.venvoy("setup", "--remove", "--yes")).out).toBe("✓ venvoy is out of every shell\n");
  expect(homeFiles(context)).toEqual(before);
  expect(existsSync(join(context.home, "venvoy/shell"))).toBe(false);
  expect((await context.venvoy("setup", "--remove")).out).toBe("✓ venvoy is in no shell: nothing to do\n");
});

test("content, mode, links and line ends of a person's files stay, and removing restores every byte", async () => {
  await using context = await newHome({
    "dotfiles/zshrc": "alias a=b",
    ".bashrc": "one\r\ntwo\r\n",
    ".bash_profile": ". ~/.bashrc\n",
    ".config/fish/config.fish": "set x y\n",
    ".tcshrc": "set prompt='> '\n",
  });
  chmodSync(join(context.home, "dotfiles/zshrc"), 0o600);
  symlinkSync("dotfiles/zshrc", join(context.home, ".zshrc"));
  const before = homeFiles(context);
  for (const shell of ["zsh", "bash", "fish", "tcsh"])
    expect((await context.venvoy("setup", shell, "-y")).exit, shell).toBe(0);
  const after = homeFiles(context);
  expect(after[".zshrc"]).toBe(before[".zshrc"]);
  expect(after["dotfiles/zshrc"]).toBe(`600 alias a=b\n${posixLine("venvoy.zsh").trimEnd()}`);
  expect(after[".bashrc"]).toBe(`644 one\r\ntwo\r\n${posixLine("venvoy.bash").replace("\n", "\r\n")}`);
  expect(after[".bash_profile"]).toBe(before[".bash_profile"]);
  expect(after[".profile"]).toBeUndefined();
  expect(after[".config/fish/conf.d/venvoy.fish"]).toContain("status is-interactive; and test -r ~/venvoy/shell");
  expect(after[".tcshrc"]).toContain("if ($?prompt && -r ~/venvoy/shell/venvoy.csh) source ~/venvoy/shell/venvoy.csh");
  expect(after[".cshrc"]).toBeUndefined();
  expect((await context.venvoy("setup", "zsh", "--remove", "-y")).out).toBe("✓ venvoy is out of zsh\n");
  expect(homeFiles(context)["dotfiles/zshrc"]).toBe(before["dotfiles/zshrc"]);
  expect(homeFiles(context)[".bashrc"]).toBe(after[".bashrc"]);
  expect((await context.venvoy("setup", "--remove", "-y")).exit).toBe(0);
  expect(homeFiles(context)).toEqual(before);
});

test("what somebody added meanwhile stays when setup is removed", async () => {
  await using context = await newHome();
  await context.venvoy("setup", "bash", "-y");
  const file = join(context.home, ".bashrc");
  writeFileSync(file, `${readFileSync(file, "utf8")}alias mine=yours\n`);
  writeFileSync(join(context.home, ".local/bin/other"), "");
  await context.venvoy("setup", "--remove", "-y");
  expect(read(context, ".bashrc")).toBe("alias mine=yours\n");
  expect(readdirSync(join(context.home, ".local/bin"))).toEqual(["other"]);
});

test("bash's login file gets a line of its own only where it doesn't read .bashrc", async () => {
  await using context = await newHome({ ".bash_login": "# reads no bashrc\nexport A=b\n", ".profile": "export B=c\n" });
  await context.venvoy("setup", "bash", "-y");
  expect(read(context, ".bash_login")).toContain('export A=b\n[ -z "${BASH_VERSION-}" ] ||');
  expect(read(context, ".profile")).toBe("export B=c\n");
  expect(existsSync(join(context.home, ".bash_profile"))).toBe(false);
});

test("each shell's own place is found", async () => {
  await using context = await newHome(
    { "z/.zshrc": "", ".myenv": "" },
    { XDG_CONFIG_HOME: "", ENV: "$HOME/.myenv", PATH: "/usr/bin:/bin" },
  );
  context.env["ZDOTDIR"] = join(context.home, "z");
  for (const shell of ["zsh", "ksh", "nu", "pwsh"]) await context.venvoy("setup", shell, "-y");
  expect(read(context, "z/.zshrc")).toBe(posixLine("venvoy.zsh"));
  expect(read(context, ".myenv")).toBe(posixLine("venvoy.ksh"));
  expect(read(context, ".config/nushell/config.nu")).toBe(
    `source "${context.home}/venvoy/shell/venvoy.nu"  # venvoy setup\n`,
  );
  const profile = read(context, ".config/powershell/Microsoft.PowerShell_profile.ps1");
  expect(profile).toContain(`. '${context.home}/venvoy/shell/venvoy.ps1'`);
  const cmd = await context.venvoy("setup", "cmd", "-y");
  expect(cmd.out).toContain('reg add "HKCU\\Software\\Microsoft\\Command Processor" /v AutoRun');
});

test("a file that is not to be written is left alone, and the line is shown", async () => {
  await using context = await newHome({ ".zshrc": "made elsewhere\n" });
  chmodSync(join(context.home, ".zshrc"), 0o444);
  const said = await context.venvoy("setup", "zsh", "--yes");
  expect(said.exit).toBe(0);
  expect(said.out).toContain("leaves ~/.zshrc alone: it is read-only. Add this where it comes from:");
  expect(said.out).toContain(posixLine("venvoy.zsh").trimEnd());
  expect(read(context, ".zshrc")).toBe("made elsewhere\n");
  expect(existsSync(join(context.home, "venvoy/shell/venvoy.zsh"))).toBe(true);
  // Once it is there by hand, in whatever form, all is well.
  chmodSync(join(context.home, ".zshrc"), 0o644);
  writeFileSync(join(context.home, ".zshrc"), "source $HOME/venvoy/shell/venvoy.zsh\n");
  expect((await context.venvoy("setup", "zsh")).out).toBe("✓ zsh is set up: nothing to do\n");
});

test("without a terminal nothing is done that was not agreed to", async () => {
  await using context = await newHome();
  const before = homeFiles(context);
  const said = await context.venvoy("setup", "bash");
  expect(said).toMatchObject({ exit: 2, out: "" });
  expect(said.err).toContain("links ~/.local/bin/venvoy to ");
  expect(said.err).toContain("(~/.local/bin is not on PATH; the hook puts it there)");
  expect(said.err).toContain("hint: venvoy setup bash --yes");
  const data = JSON.parse((await context.venvoy("setup", "bash", "--json")).out);
  expect(data.error).toMatchObject({ code: "INPUT_NEEDED", data: { plan: { shell: "bash", changed: true } } });
  const dry = await context.venvoy("setup", "bash", "--dry-run");
  expect(dry).toMatchObject({ exit: 0, err: "" });
  expect(dry.out).toContain(`makes ~/.bashrc\n      ${posixLine("venvoy.bash").trimEnd()}\n`);
  expect(homeFiles(context)).toEqual(before);
  expect(existsSync(join(context.home, "venvoy"))).toBe(false);
});

test("the shell is the one that venvoy was started from, and an unknown one is told", async () => {
  await using context = await newHome();
  const shell = JSON.parse((await context.venvoy("setup", "--dry-run", "--json")).out).shell;
  expect(["bash", "zsh", "fish", "ksh", "csh", "sh"]).toContain(shell);
  const said = await context.venvoy("setup", "bsh");
  expect(said.exit).toBe(2);
  expect(said.err).toContain("venvoy has no hook for the shell `bsh`");
});

test("after a move of venvoy's home the line is changed in place", async () => {
  await using context = await newHome({ ".zshrc": "first\n" });
  await context.venvoy("setup", "zsh", "-y");
  writeFileSync(join(context.home, ".zshrc"), `${read(context, ".zshrc")}last\n`);
  context.env["VENVOY_HOME"] = join(context.home, "else where");
  const moved = await context.venvoy("setup", "zsh", "--dry-run");
  expect(moved.out).toContain("changes in ~/.zshrc");
  await context.venvoy("setup", "zsh", "-y");
  const file = `'${context.home}/else where/shell/venvoy.zsh'`;
  expect(read(context, ".zshrc")).toBe(`first\n[ ! -r ${file} ] || . ${file}  # venvoy setup\nlast\n`);
});

test("another program of that name is left alone", async () => {
  await using context = await newHome({ ".local/bin/venvoy": "#!/bin/sh\necho mine\n" });
  const report: SetupReport = JSON.parse((await context.venvoy("setup", "bash", "-y", "--json")).out);
  expect(report.steps[0]).toMatchObject({ what: "program", action: "by-hand" });
  expect(read(context, ".local/bin/venvoy")).toBe("#!/bin/sh\necho mine\n");
  await context.venvoy("setup", "--remove", "-y");
  expect(read(context, ".local/bin/venvoy")).toBe("#!/bin/sh\necho mine\n");
});

test("environments of MultiVenv and virtualenvwrapper are named, with the command that takes them over", async () => {
  const cfg = "home = /usr/bin\nversion = 3.9.2\n";
  await using context = await newHome({
    ".multivenv/relephant/pyvenv.cfg": cfg,
    ".multivenv/relephant/lib/python3.9/site-packages/idna-3.6.dist-info/METADATA":
      "Metadata-Version: 2.1\nName: idna\nVersion: 3.6\n",
    ".multivenv/notes.txt": "",
    "wrapped/tool box/pyvenv.cfg": "version_info = 3.8.10.final.0\n",
    "wrapped/get_env_details": "",
    ".virtualenvs/postactivate": "",
  });
  context.env["WORKON_HOME"] = join(context.home, "wrapped");
  const { err } = await context.venvoy("setup", "bash", "-y");
  expect(err).toContain("MultiVenv keeps 1 environment in ~/.multivenv\n");
  expect(err).toMatch(/ {2}relephant {2}Python 3\.9 {2}1 package {2}venvoy import ~\/\.multivenv\/relephant/);
  expect(err).toContain("virtualenvwrapper keeps 1 environment in ~/wrapped\n");
  expect(err).toMatch(/ {2}tool box {2}Python 3\.8 {2}0 packages {2}venvoy import '\/.*\/wrapped\/tool box'/);
  const { foreign } = JSON.parse((await context.venvoy("setup", "bash", "--json")).out);
  expect(foreign.map(({ tool }: { tool: string }) => tool)).toEqual(["MultiVenv", "virtualenvwrapper"]);
});
