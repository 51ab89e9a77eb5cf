import { expect, test } from "vitest";
import { person } from "../kit/binary.ts";

/** Real releases, one for each way of building: from the registry, their sources only. */
const sources: readonly (readonly [name: string, module: string, how: string])[] = [
  ["docopt", "docopt", "setup.py alone"],
  ["attrs", "attr", "hatchling"],
  ["rich", "rich", "poetry"],
  ["idna", "idna", "flit"],
  ["iniconfig", "iniconfig", "setuptools-scm"],
  ["markupsafe", "markupsafe._speedups", "C"],
  ["pyyaml", "yaml._yaml", "Cython"],
  ["ujson", "ujson", "C++"],
];

test.each(sources)(
  "%s builds from its sources and imports %s (%s)",
  async (name, module) => {
    using somebody = person();
    const made = await somebody.venvoy("create", "built", name, "--no-binary", name);
    expect(made.err).toContain(`builds from source: ${name}`);
    expect(made.exit).toBe(0);
    const said = await somebody.venvoy("run", "-n", "built", "-c", `import ${module}; print("here")`);
    expect(said.out).toBe("here\n");
  },
  300_000,
);
