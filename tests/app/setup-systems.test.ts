import { expect, test } from "vitest";
import { openVenvoy } from "../../src/app/index.ts";
import { absPath } from "../../src/base/index.ts";
import { type MemoryPorts, memoryPorts } from "../kit/memory-ports.ts";

function venvoyOn(ports: MemoryPorts) {
  return openVenvoy(ports, { reporter: ports.reporter, offline: true });
}

const windowsProfile = absPath("C:\\Users\\ada\\OneDrive\\Documents\\PowerShell\\Microsoft.PowerShell_profile.ps1");

test("on Windows the program is copied, and PowerShell says where its profile is", async () => {
  const ports = memoryPorts({
    os: "windows",
    system: { self: ["C:\\Downloads\\venvoy.exe"], env: { PATH: "C:\\Windows", PSModulePath: "x" } },
    program: ({ argv }) => (argv[0] === "pwsh" ? { stdout: `${windowsProfile}\r\n` } : undefined),
  });
  const { fs } = ports;
  await fs.makeDir(absPath("C:\\Downloads"));
  await fs.write(absPath("C:\\Downloads\\venvoy.exe"), "binary");
  await fs.makeDir(fs.path.directory(windowsProfile));
  await fs.write(windowsProfile, "Set-Alias ll ls\r\n");
  const report = await venvoyOn(ports).setup();
  expect(report).toMatchObject({ shell: "powershell", changed: true, onPath: false });
  expect(await fs.readText(absPath("C:\\Users\\ada\\AppData\\Local\\venvoy\\bin\\venvoy.exe"))).toBe("binary");
  const hook = "C:\\Users\\ada\\AppData\\Local\\venvoy\\data\\shell\\venvoy.ps1";
  expect(await fs.readText(windowsProfile)).toBe(
    `Set-Alias ll ls\r\nif (Test-Path -LiteralPath '${hook}') { . '${hook}' }  # venvoy setup\r\n`,
  );
  expect(await fs.readText(absPath(hook))).toContain("-notcontains 'C:\\Users\\ada\\AppData\\Local\\venvoy\\bin'");
  await venvoyOn(ports).setup({ remove: true });
  expect(await fs.readText(windowsProfile)).toBe("Set-Alias ll ls\r\n");
  expect(await fs.info(absPath("C:\\Users\\ada\\AppData\\Local\\venvoy\\bin"))).toBeUndefined();
});

test("on macOS a new bash window is a login shell, and ps tells the shell", async () => {
  const parents: Readonly<Record<string, string>> = {
    "500": " 400 /tmp/venvoy\n",
    "400": " 300 sh\n",
    "300": " 1 -bash\n",
  };
  const ports = memoryPorts({
    os: "macos",
    system: { self: ["/opt/venvoy"], pid: 500, env: { PATH: "/usr/bin", SHELL: "/bin/zsh" } },
    program: ({ argv }) => (argv[0] === "ps" ? { stdout: parents[argv.at(-1) ?? ""] ?? "" } : undefined),
  });
  const report = await venvoyOn(ports).setup({ dryRun: true });
  expect(report.shell).toBe("bash");
  const files = report.steps.filter(({ what }) => what === "line").map(({ path }) => path);
  expect(files).toEqual(["/Users/ada/.bashrc", "/Users/ada/.bash_profile"]);
});

test("on Linux /proc tells the shell; a script of sh in between is passed over", async () => {
  const ports = memoryPorts({
    system: { self: ["/opt/venvoy"], pid: 50, env: { PATH: "/usr/bin", SHELL: "/bin/bash" } },
  });
  const stats = { 50: "50 (venvoy) R 40 0", 40: "40 (sh) S 30 0", 30: "30 (odd ) name) S 20 0", 20: "20 (fish) S 1 0" };
  for (const [pid, text] of Object.entries(stats)) {
    await ports.fs.makeDir(absPath(`/proc/${pid}`));
    await ports.fs.write(absPath(`/proc/${pid}/stat`), text);
  }
  expect((await venvoyOn(ports).setup({ dryRun: true })).shell).toBe("fish");
  await ports.fs.write(absPath("/proc/30/stat"), "30 (odd) S 1 0");
  // Nothing but sh is left: what the login says counts more.
  expect((await venvoyOn(ports).setup({ dryRun: true })).shell).toBe("bash");
});

test("a link to a file that is not there yet stays a link", async () => {
  const ports = memoryPorts({ system: { self: ["/opt/venvoy"], env: { PATH: "/usr/bin" } } });
  const { fs } = ports;
  await fs.makeDir(absPath("/home/ada"));
  await fs.symlink("dotfiles/zshrc", absPath("/home/ada/.zshrc"), "file");
  await venvoyOn(ports).setup({ shell: "zsh" });
  expect(await fs.readLink(absPath("/home/ada/.zshrc"))).toBe("dotfiles/zshrc");
  expect(await fs.readText(absPath("/home/ada/dotfiles/zshrc"))).toMatch(/venvoy\.zsh {2}# venvoy setup\n$/);
  await venvoyOn(ports).setup({ remove: true });
  expect(await fs.info(absPath("/home/ada/dotfiles"))).toBeUndefined();
  expect((await fs.linkInfo(absPath("/home/ada/.zshrc")))?.kind).toBe("symlink");
});

test("a file with several hard links is written in place, so that they stay one", async () => {
  const ports = memoryPorts({ system: { self: ["/opt/venvoy"], env: { PATH: "/usr/bin" } } });
  const { fs } = ports;
  await fs.makeDir(absPath("/home/ada/dotfiles"));
  await fs.write(absPath("/home/ada/dotfiles/zshrc"), "mine\n");
  await fs.hardLink(absPath("/home/ada/dotfiles/zshrc"), absPath("/home/ada/.zshrc"));
  await venvoyOn(ports).setup({ shell: "zsh" });
  expect(await fs.readText(absPath("/home/ada/dotfiles/zshrc"))).toMatch(/^mine\n.*venvoy setup\n$/);
});

test("following .venvoy files stays as it was chosen", async () => {
  const ports = memoryPorts({ system: { self: ["/opt/venvoy"], env: { PATH: "/usr/bin" } } });
  const hook = absPath("/home/ada/.local/share/venvoy/shell/venvoy.bash");
  const venvoy = venvoyOn(ports);
  await venvoy.setup({ shell: "bash" });
  expect(await ports.fs.readText(hook)).not.toContain("_venvoy_follow");
  expect((await venvoy.setup({ shell: "bash", follows: true })).changed).toBe(true);
  expect((await venvoy.setup({ shell: "bash" })).changed).toBe(false);
  expect(await ports.fs.readText(hook)).toContain("_venvoy_follow");
  await venvoy.setup({ shell: "bash", follows: false });
  expect(await ports.fs.readText(hook)).not.toContain("_venvoy_follow");
});

test("a file of somebody else is left alone, and a home that can't be written is told", async () => {
  const ports = memoryPorts({ disk: { owner: 0 }, system: { self: ["/opt/venvoy"], env: { PATH: "/usr/bin" } } });
  await ports.fs.makeDir(absPath("/home/ada"));
  await ports.fs.write(absPath("/home/ada/.zshrc"), "theirs\n", { mode: 0o644 });
  const report = await venvoyOn(ports).setup({ shell: "zsh" });
  expect(report.steps.at(-1)).toMatchObject({ action: "by-hand", reason: "it belongs to somebody else" });
  expect(await ports.fs.readText(absPath("/home/ada/.zshrc"))).toBe("theirs\n");
  const refusing = memoryPorts({ system: { self: ["/opt/venvoy"], env: { PATH: "/usr/bin" } } });
  refusing.fs.makeDir = async (path) => {
    throw Object.assign(new Error(`EACCES: permission denied, mkdir '${path}'`), { code: "EACCES", path });
  };
  await expect(venvoyOn(refusing).setup({ shell: "zsh" })).rejects.toMatchObject({ code: "DISK_READ_ONLY" });
});
