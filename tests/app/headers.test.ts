import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { addRequirement, isVenvoyError, readHeader, removeRequirement } from "../../src/index.ts";
import { tempDir } from "../kit/temp.ts";

test("a header is read from a path, an address, bytes or a text", async () => {
  const dir = tempDir("headers");
  const text = "#! python 3\n# venv: tools\n# r: numpy>=2, rich\n";
  writeFileSync(join(dir, "a.py"), text);
  const sources = ["a.py", join(dir, "a.py"), pathToFileURL(join(dir, "a.py")), Buffer.from(text), text, { text }];
  for (const source of sources) {
    const { venv, requirements, language, problems } = await readHeader(source, { cwd: dir });
    expect({
      venv: venv?.text,
      asks: requirements.map(({ text: asked, line }) => [asked, line]),
      language: language?.name,
      problems,
    }).toEqual({
      venv: "tools",
      asks: [
        ["numpy>=2", 3],
        ["rich", 3],
      ],
      language: "python3",
      problems: [],
    });
  }
  expect((await readHeader({ text: "print(1)" })).kind).toBe("none");
  const failure = await readHeader("absent.py", { cwd: dir }).catch((error: unknown) => error);
  expect(isVenvoyError(failure) && [failure.code, failure.message]).toEqual([
    "FILE_UNREADABLE",
    `\`${join(dir, "absent.py")}\`: there is no such script`,
  ]);
});

test("requirements go into a script's header and out of it, and nothing else changes", async () => {
  const dir = tempDir("headers");
  const file = join(dir, "a.py");
  writeFileSync(file, "# r: numpy\r\nprint('é')\r\n");
  expect(await addRequirement("a.py", ["scipy", "numpy<2"], { cwd: dir, dryRun: true })).toMatchObject({
    changed: true,
    dryRun: true,
  });
  expect(readFileSync(file, "utf8")).toBe("# r: numpy\r\nprint('é')\r\n");
  const { added } = await addRequirement(pathToFileURL(file), ["scipy", "numpy<2"]);
  expect(added).toEqual([
    { text: "scipy", line: 2 },
    { text: "numpy<2", line: 1 },
  ]);
  expect(readFileSync(file, "utf8")).toBe("# r: numpy<2\r\n# r: scipy\r\nprint('é')\r\n");
  await removeRequirement(file, "scipy");
  expect(readFileSync(file, "utf8")).toBe("# r: numpy<2\r\nprint('é')\r\n");
});
