import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempDir } from "../kit/temp.ts";

const tools = ["sh", "cat", "chmod", "grep", "mktemp", "rm", "timeout"];
const shells = ["bash", "zsh", "fish", "ksh", "tcsh", "dash", "tmux"];

/** A machine with nothing on its PATH but a few tools and the given programs; what `apt-get` is asked is written down. */
function machine(present: readonly string[], aptGet: string, uid = 0) {
  const bin = tempDir("shells");
  const asked = join(bin, "asked");
  for (const name of tools) {
    const real = ["/usr/bin", "/bin"].map((dir) => join(dir, name)).find((path) => existsSync(path));
    if (real !== undefined) symlinkSync(real, join(bin, name));
  }
  const program = (name: string, text: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  for (const name of present) program(name, ":");
  program("id", `echo ${uid}`);
  program("apt-cache", ":");
  program("apt-get", `echo "$*" >>'${asked}'\n${aptGet}`);
  return () => {
    const { stdout, stderr, status } = spawnSync("/bin/sh", ["scripts/shells.sh"], {
      encoding: "utf8",
      env: { PATH: bin },
    });
    return { said: stdout + stderr, status, asked: existsSync(asked) ? readFileSync(asked, "utf8") : "" };
  };
}

test("nothing is asked of apt when all shells are there", () => {
  const check = machine([...shells, "nu", "pwsh"], "exit 1");
  expect(check()).toEqual({ said: "", status: 0, asked: "" });
});

test("missing shells are installed in one call, without an update before", () => {
  const check = machine(
    shells.filter((name) => name !== "zsh" && name !== "ksh"),
    'dir=${0%/*}; for p in zsh ksh; do echo "#!/bin/sh" >"$dir/$p"; chmod 755 "$dir/$p"; done',
  );
  const { said, status, asked } = check();
  expect(status).toBe(0);
  expect(said).toContain("installing for the tests: zsh ksh");
  expect(said).toContain("their tests are skipped: nu pwsh");
  expect(asked.trimEnd().split("\n")).toEqual([expect.stringMatching(/ install --no-install-recommends zsh ksh\s*$/)]);
});

test("without network it says what is missing, and goes on", () => {
  const check = machine(["bash", "dash", "tmux"], 'echo "E: Failed to fetch zsh"; exit 100');
  const { said, status, asked } = check();
  expect(status).toBe(0);
  expect(said).toContain("not all could be installed: E: Failed to fetch zsh");
  expect(said).toContain("their tests are skipped: zsh fish ksh tcsh nu pwsh");
  expect(asked).toContain(" update");
});

test("somebody who is not root is told, and nothing is tried", () => {
  const check = machine(["bash", "dash", "tmux"], "exit 1", 1000);
  const { said, status, asked } = check();
  expect([status, asked]).toEqual([0, ""]);
  expect(said).toContain("their tests are skipped: zsh fish ksh tcsh nu pwsh");
});
