/** A real environment, published by one person and pulled by another, whose machine has nothing of the first one's. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testContext } from "../../kit/context.ts";
import { realPythons } from "../../kit/real-pythons.ts";
import { opened } from "../../kit/session.ts";

const real = realPythons().find(({ minor }) => minor === "3.11") ?? realPythons()[0];

const waits = `import os, sys, time
print("started", flush=True)
while not os.path.exists(sys.argv[1]): time.sleep(0.02)
import demo, encodings.idna, subprocess
child = subprocess.check_output([sys.executable, "-c", "import demo; print(demo.WORD)"], text=True).strip()
print(demo.WORD, child, sys.prefix == sys.base_prefix, sys.prefix, encodings.idna.__file__)
`;

const nameOf = (path: string): string => path.split("/").at(-1) ?? "";

test.skipIf(real === undefined || process.platform !== "linux")(
  "who publishes and who pulls share a directory and nothing else; what runs stays in its release",
  { timeout: 600_000 },
  async () => {
    const demo = (word: string) => ({ files: { "demo/__init__.py": `WORD = "${word}"\n` } });
    await using publisher = await testContext({ demo: { "1.0": demo("one"), "2.0": demo("two") } });
    await using artist = await testContext({}, { PIP_INDEX_URL: publisher.index.url.reveal() });
    const share = join(publisher.home, "share", "tools");
    for (const words of [
      ["create", "tools", "demo==1.0", "--python", real?.minor ?? ""],
      ["publish", "tools", share],
    ])
      expect(await publisher.venvoy(...words)).toMatchObject({ exit: 0 });
    const first = await artist.venvoy("pull", share);
    expect([first.exit, first.err]).toEqual([0, ""]);
    const envs = join(artist.env["VENVOY_HOME"] as string, "envs");
    const script = artist.write("waits.py", waits);
    const go = join(artist.cwd, "go");
    const env = { PATH: process.env["PATH"] };
    // As an activated shell starts it: by the environment's own path, whatever is current there later.
    const child = spawn(join(envs, "tools", "bin", "python"), [script, go], {
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let out = "";
    child.stdout.on("data", (piece: Buffer) => {
      out += piece;
    });
    const ended = once(child, "close");
    await once(child.stdout, "data");
    for (const words of [
      ["add", "-n", "tools", "demo==2.0"],
      ["publish", "tools", share],
    ])
      expect(await publisher.venvoy(...words)).toMatchObject({ exit: 0 });
    const second = await artist.venvoy("pull", "--all", "--json");
    const [report] = (JSON.parse(second.out) as { environments: { bytes: number; totalBytes: number }[] }).environments;
    expect(report).toMatchObject({ state: "updated", release: 2, changes: [{ name: "demo", from: "1.0", to: "2.0" }] });
    // Counted: far below the twentieth part that a change of one package may cost.
    expect(report?.bytes).toBeLessThan((report?.totalBytes ?? 0) / 20);
    writeFileSync(go, "");
    await ended;
    const [, line = ""] = out.split("\n");
    const tree = line.split(" ")[3] ?? "";
    expect(tree).toMatch(/\/generations\/1$/);
    expect(line.split(" ")).toEqual(["one", "one", "True", tree, expect.stringContaining(`${tree}/lib/`)]);

    // Neither the share nor anything of the publisher is there any more.
    renameSync(share, `${share}.away`);
    renameSync(publisher.env["VENVOY_HOME"] as string, join(publisher.home, "gone"));
    const print = "import demo, sys; print(demo.WORD, sys.executable)";
    const ran = await artist.runs("run", "-n", "tools", "-c", print);
    expect(ran.out).toMatch(/^two .*\/generations\/2\/bin\/python\n$/);
    expect(execFileSync(join(envs, "tools", "bin", "pip"), ["check"], { encoding: "utf8", env })).toContain(
      "No broken",
    );
    const warm = artist.write("warm.py", "import demo\nprint(demo.WORD)\n");
    expect((await artist.runs("run", "-n", "tools", warm)).out).toBe("two\n");
    // A header that names it is met by what the release has; so in a host's session, and the next start decides nothing anew.
    artist.write("named.py", "# venv: tools\n# r: demo>=2\nimport demo, sys\nprint(demo.WORD, sys.prefix)\n");
    const { session } = await opened(artist);
    await using _ = session;
    const inSession = await session.run("named.py");
    expect([inSession.exit, inSession.stdout]).toEqual([0, expect.stringMatching(/^two .*\/generations\/2\n$/)]);
    expect((await artist.runs("run", "named.py")).out).toBe(inSession.stdout);
    const memos = join(artist.env["VENVOY_HOME"] as string, "cache", "launch");
    const [memo = ""] = readdirSync(memos).filter((file) =>
      readFileSync(join(memos, file), "utf8").includes("named.py"),
    );
    expect(JSON.parse(readFileSync(join(memos, memo), "utf8"))).toMatchObject({
      python: expect.stringMatching(/\/generations\/2\/bin\/python$/),
    });
    const activated = await artist.library.activate({ name: "tools" });
    expect([activated.path, existsSync(join(activated.bin, "activate"))]).toEqual([join(envs, "tools"), true]);
    expect((await artist.venvoy("doctor", "tools")).exit).toBe(0);

    // A copy is handed on as it is, such as to the share of another site.
    const site = join(artist.home, "site");
    const handed = await artist.venvoy("publish", "tools", site);
    expect([handed.exit, handed.err]).toEqual([0, ""]);
    const started = execFileSync(join(site, "bin", "python"), ["-c", print], { encoding: "utf8", env });
    expect(started).toMatch(/^two .*\/site\/releases\/1\/bin\/python/);
    const objects = (root: string) =>
      execFileSync("find", [join(root, "objects"), "-type", "f", "-name", "*.x"], { encoding: "utf8" });
    expect(objects(site).split("\n").map(nameOf).sort()).toEqual(
      objects(`${share}.away`).split("\n").map(nameOf).sort(),
    );

    const clone = await artist.venvoy("clone", "tools", "mine");
    expect([clone.exit, clone.err]).toEqual([0, expect.not.stringContaining("error")]);
    expect((await artist.runs("run", "-n", "mine", "-c", "import demo; print(demo.WORD)")).out).toBe("two\n");
    expect((await artist.venvoy("add", "-n", "mine", "demo==1.0")).exit).toBe(0);
    expect((await artist.runs("run", "-n", "mine", "-c", "import demo; print(demo.WORD)")).out).toBe("one\n");
  },
);
