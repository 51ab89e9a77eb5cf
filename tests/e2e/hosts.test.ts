/** Uses the registry: Rhino's environments with real packages, and the real pip as the judge. */
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { person } from "../kit/binary.ts";
import { realPythons } from "../kit/real-pythons.ts";

const python = realPythons().find(({ minor }) => minor === "3.9");

test.skipIf(python === undefined)(
  "after host prepare, the pip of the host has nothing left to do for any header line",
  async () => {
    using ann = person();
    const runtime = join(ann.home, ".rhinocode", "py39-rh8");
    // A runtime of its own, as the host unpacks it: another prefix, with the Python's own pip.
    cpSync(python?.prefix ?? "", runtime, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !/\/(test|__pycache__)$/.test(path),
    });
    const program = join(runtime, "bin", "python3.9");
    const pip = (...words: string[]) => ann.run(program, ["-m", "pip", "--disable-pip-version-check", ...words]);
    const envs = join(runtime, "site-envs");
    const old = join(envs, "default-A6YRvqqN");
    mkdirSync(old, { recursive: true });
    expect((await pip("install", "-q", "--target", old, "numpy==1.25.2", "idna==3.6")).exit).toBe(0);

    const scripts = join(ann.dir, "scripts");
    mkdirSync(scripts);
    const headers: Record<string, { readonly text: string; readonly asks: readonly string[]; readonly id: string }> = {
      "a.py": { text: "#! python 3\n# r: numpy>=1.24, idna\n", asks: ["numpy>=1.24", "idna"], id: "default" },
      "b.py": {
        text: '#! python 3\n# venv: projectA\n# r: numpy==2.0.2\n#r "pip: requests[socks]"\n',
        asks: ["numpy==2.0.2", "requests[socks]"],
        id: "projectA",
      },
      "c.py": {
        text: '# /// script\n# dependencies = ["typing-extensions"]\n# ///\n',
        asks: ["typing-extensions"],
        id: "default",
      },
    };
    for (const [name, { text }] of Object.entries(headers)) writeFileSync(join(scripts, name), text);

    expect((await ann.venvoy("host", "add", "rhino8")).exit).toBe(0);
    const prepared = await ann.venvoy("host", "prepare", "rhino8", scripts);
    expect([prepared.exit, prepared.out]).toEqual([0, expect.stringContaining("projectA")]);
    const folders = readdirSync(envs).sort();
    expect(folders).toEqual(["default-A6YRvqqN", expect.stringMatching(/^projectA-[A-Za-z0-9]{8}$/)]);

    for (const { asks, id } of Object.values(headers)) {
      const folder = join(envs, folders.find((name) => name.startsWith(id)) ?? "");
      for (const line of asks) {
        const said = await ann.run(program, ["-m", "pip", "install", "--dry-run", "--no-index", line], {
          env: { ...ann.env, PYTHONPATH: folder },
        });
        expect([line, said.exit, said.out]).toEqual([
          line,
          0,
          expect.stringContaining("Requirement already satisfied"),
        ]);
        expect(said.out).not.toContain("Would install");
      }
      // What the host's own pip sees there is in order.
      expect((await ann.run(program, ["-m", "pip", "check"], { env: { ...ann.env, PYTHONPATH: folder } })).exit).toBe(
        0,
      );
    }
    const kept = await ann.run(program, ["-c", "import numpy, idna; print(numpy.__version__, numpy.__file__)"], {
      env: { ...ann.env, PYTHONPATH: old },
    });
    expect(kept.out.trim()).toBe(`1.25.2 ${join(old, "numpy", "__init__.py")}`);

    // The host's pip goes on working in the folder, and what it does is taken over.
    expect((await pip("install", "-q", "--target", old, "colorama")).exit).toBe(0);
    expect((await ann.venvoy("host", "prepare", "rhino8", join(scripts, "a.py"))).exit).toBe(0);
    expect(existsSync(join(old, "colorama"))).toBe(true);
    expect((await ann.venvoy("host", "reset", "rhino8", "--all", "--yes")).exit).toBe(0);
    expect(readdirSync(envs)).toEqual([]);
  },
  300_000,
);
