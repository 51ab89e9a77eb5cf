/** Running scripts as a person does, with the built binary: what can go wrong, and what is said then. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { binary, type Person, person } from "../kit/binary.ts";

function write(owner: Person, name: string, text: string): string {
  const file = join(owner.home, name);
  writeFileSync(file, text);
  return file;
}

test("after a crash one line helps, and the program's own words and exit stay", async () => {
  using ann = person();
  write(ann, "host.py", "import rhinoscriptsyntax\n");
  const host = await ann.venvoy("run", "host.py");
  expect(host.exit).toBe(1);
  expect(host.err).toMatch(/^ModuleNotFoundError: No module named 'rhinoscriptsyntax'\nhint: .*only inside Rhino/m);
  write(ann, "torch.py", "import pytorch\n");
  expect((await ann.venvoy("run", "torch.py")).err).toMatch(/^hint: .*import torch/m);
  write(ann, "old.py", "print 'x'\n");
  expect((await ann.venvoy("run", "old.py")).err).toMatch(/^hint: line 1 of .*Python 2/m);
  write(ann, "other.py", "raise ValueError('mine')\n");
  const other = await ann.venvoy("run", "other.py");
  expect(other.err).not.toContain("hint:");
  // The warm way, too.
  expect((await ann.venvoy("run", "host.py")).err).toContain("hint:");
});

test("a script from a URL or standard input never widens a named environment", async () => {
  using ann = person();
  await ann.venvoy("create", "demo");
  const text = "# venv: demo\n# r: idna\nimport idna\n";
  const server = createServer((_, response) => response.end(text));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const refused = await ann.venvoy("run", `http://127.0.0.1:${port}/tool.py`);
    expect(refused.exit).toBe(1);
    expect(refused.err).toContain("`tool.py` has no file here, so it may not add packages to `demo`");
  } finally {
    server.close();
  }
  expect((await ann.run(binary, ["run", "-"], { input: text })).err).toContain("may not add packages to `demo`");
  await ann.venvoy("add", "-n", "demo", "idna");
  expect(await ann.run(binary, ["run", "-"], { input: text })).toMatchObject({ exit: 0, err: "" });
});

test("a run that changes a version under another says so, and the other one still runs", async () => {
  using ann = person();
  write(ann, "a.py", "# venv: both\n# r: idna\nimport idna; print('a', idna.__version__ == '3.7')\n");
  write(ann, "b.py", "# venv: both\n# r: idna<3.8\nimport idna; print('b', idna.__version__ == '3.7')\n");
  expect((await ann.venvoy("run", "a.py")).out).toBe("a False\n");
  const second = await ann.venvoy("run", "b.py");
  expect(second.out).toBe("b True\n");
  expect(second.err).toMatch(/idna \S+ → 3\.7 in both: b\.py line 2 asked; also used by a\.py line 2/);
  expect((await ann.venvoy("run", "a.py")).out).toBe("a True\n");
  expect((await ann.venvoy("undo", "-n", "both")).exit).toBe(0);
  rmSync(join(ann.home, "b.py"));
  expect((await ann.venvoy("run", "--frozen", "a.py")).out).toBe("a False\n");
});

test("--project takes the project file above the script, and words of other tools are answered", async () => {
  using ann = person();
  mkdirSync(join(ann.home, "project", "tools"), { recursive: true });
  write(ann, "project/requirements.txt", "idna<3.8\n");
  write(ann, "project/tools/go.py", "import idna; print(idna.__version__)\n");
  const went = await ann.venvoy("run", "--project", "project/tools/go.py");
  expect(went).toMatchObject({ exit: 0, out: "3.7\n" });
  const word = await ann.venvoy("pip", "sync", "project/requirements.txt");
  expect(word).toMatchObject({ exit: 2, out: "" });
  expect(word.err).toBe("error: `pip sync` is called `sync` here\nhint: venvoy sync project/requirements.txt\n");
});

test("an interrupt ends a command with nothing half done", async () => {
  using ann = person();
  let asked = (): void => {};
  const asking = new Promise<void>((resolve) => {
    asked = resolve;
  });
  // An index that never answers.
  const server = createServer(() => asked());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/simple/`;
    let interrupt = (): void => {};
    const running = ann.run(binary, ["create", "demo", "idna", "--index-url", url], {
      onStart: (child) => {
        interrupt = () => void child.kill("SIGINT");
      },
    });
    await asking;
    interrupt();
    expect(await running).toMatchObject({ exit: 130, out: "", err: "error: The operation was cancelled\n" });
  } finally {
    server.closeAllConnections();
    server.close();
  }
  expect(JSON.parse((await ann.venvoy("list", "--json")).out)).toEqual([]);
});
