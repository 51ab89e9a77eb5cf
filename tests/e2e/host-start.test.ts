/** Uses the registry: an application with a Python inside, and a share that moves on while it runs. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { binary, person } from "../kit/binary.ts";
import { buildHost, pythonOf, whyNoHost } from "../kit/embedding-host.ts";

const minor = "3.11";
const why = whyNoHost(minor);
const python = pythonOf(minor);

/** Resolves when the file is there; the limit of the suite ends the wait. */
async function there(file: string): Promise<void> {
  while (!existsSync(file)) await new Promise((settle) => setTimeout(settle, 50));
}

test.skipIf(why !== undefined || python === undefined)(
  "an application keeps its release of a share while the next one comes, however it was started",
  async () => {
    using ann = person();
    const application = buildHost(python as NonNullable<typeof python>, ann.home, "application");
    const share = join(ann.home, "a share");
    const ok = async (...words: string[]) => {
      const said = await ann.venvoy(...words);
      expect([words.join(" "), said.exit, said.err]).toEqual([words.join(" "), 0, expect.any(String)]);
      return said;
    };
    await ok("host", "add", "nuke", "--python", python?.program ?? "", "--program", application);
    await ok("create", "tools", "--python", minor, "idna==3.6");
    await ok("publish", "tools", share);
    await ok("host", "snippet", "-n", share, "--for", "nuke", "--write");

    // Started by a click: nothing of venvoy is asked, the lines in its startup file find the release.
    const code = [
      "import os, sys, time",
      "open(os.path.join(os.environ['HOME'], sys.argv[1]), 'w').close()",
      "while not os.path.exists(os.path.join(os.environ['HOME'], 'go')): time.sleep(0.05)",
      "import idna, idna.package_data",
      "print(idna.package_data.__version__, idna.__file__)",
    ].join("\n");
    const clicked = ann.run(application, ["-c", code, "clicked"], { env: { PATH: "/usr/bin:/bin" } });
    const own = ann.venvoy("host", "launch", "nuke", "-n", share, "--", "-c", code, "launched");
    await Promise.all([there(join(ann.home, "clicked")), there(join(ann.home, "launched"))]);
    expect(readdirSync(join(share, "leases", "1"))).toHaveLength(2);

    await ok("add", "-n", "tools", "idna==3.7");
    await ok("publish", "tools", share, "--keep", "1");
    expect(readdirSync(join(share, "releases")).sort()).toEqual(["1", "1.json", "2", "2.json"]);
    writeFileSync(join(ann.home, "go"), "");
    expect((await clicked).err).toBe("");
    for (const ended of [await clicked, await own]) {
      expect(ended.exit).toBe(0);
      expect(ended.out).toContain("3.6 ");
      expect(ended.out).toContain("/releases/1/");
    }
    const again = await ann.run(application, ["-c", "import idna; print(idna.__file__)"]);
    expect(again.out).toContain("/releases/2/");

    // Exit code, standard input and signals are the program's own.
    const reads = "import sys; print(sys.stdin.read().upper()); sys.exit(9)";
    const piped = await ann.run(binary, ["host", "launch", "nuke", "-n", "tools", "--", "-c", reads], {
      input: "text",
    });
    expect([piped.exit, piped.out]).toEqual([9, "TEXT\n"]);
    const waits = "import os, time; open(os.path.join(os.environ['HOME'], 'up'), 'w').close(); time.sleep(600)";
    const child = spawn(binary, ["host", "launch", "nuke", "-n", "tools", "--", "-c", waits], {
      env: ann.env,
      stdio: "ignore",
    });
    const ended = new Promise<NodeJS.Signals | null>((settle) => child.on("exit", (_code, signal) => settle(signal)));
    await there(join(ann.home, "up"));
    child.kill("SIGTERM");
    expect(await ended).toBe("SIGTERM");
  },
);
