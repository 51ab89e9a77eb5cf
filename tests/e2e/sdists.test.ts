/** Real releases from their sources. Uses the registry; what cargo needs comes from its own. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Person, person } from "../kit/binary.ts";

interface Sources {
  readonly name: string;
  readonly module: string;
  readonly how: string;
  /** A program that the build takes from the machine. */
  readonly needs?: string;
  /** Brings things while it builds. */
  readonly network?: true;
  /** Its metadata comes out of its build alone, so that it is built before there is a plan. */
  readonly early?: true;
}

/** One for each way of building. */
const all: readonly Sources[] = [
  { name: "docopt", module: "docopt", how: "setup.py alone" },
  { name: "attrs", module: "attr", how: "hatchling" },
  { name: "rich", module: "rich", how: "poetry" },
  { name: "idna", module: "idna", how: "flit" },
  { name: "iniconfig", module: "iniconfig", how: "setuptools-scm" },
  { name: "markupsafe", module: "markupsafe._speedups", how: "C" },
  { name: "pyyaml", module: "yaml._yaml", how: "Cython" },
  { name: "ujson", module: "ujson", how: "C++" },
  { name: "pybind11-rdp", module: "pybind11_rdp", how: "pybind11", needs: "g++" },
  { name: "cysignals", module: "cysignals.signals", how: "meson-python", needs: "gcc", early: true },
  { name: "rpds-py", module: "rpds", how: "maturin", needs: "cargo", network: true },
];

/** Rust's tools find themselves through the home, which a test replaces. */
const realHome = process.env["HOME"] ?? "/";
const rust = {
  CARGO_HOME: process.env["CARGO_HOME"] ?? join(realHome, ".cargo"),
  RUSTUP_HOME: process.env["RUSTUP_HOME"] ?? join(realHome, ".rustup"),
};
const path = `${process.env["PATH"]}:${join(rust.CARGO_HOME, "bin")}`;

/** That it lies there is not enough: rustup's `cargo` starts nothing where no toolchain is installed. */
function isThere(program: string | undefined): boolean {
  return (
    program === undefined ||
    spawnSync(program, ["--version"], { env: { ...process.env, ...rust, PATH: path } }).status === 0
  );
}

for (const one of all) {
  // A tool that is missing here is counted as skipped, by name.
  const title = `${one.name} builds from its sources and imports ${one.module} (${one.how})`;
  test.skipIf(!isThere(one.needs))(title, { timeout: 600_000 }, async () => {
    using somebody = person({ ...rust, PATH: path });
    const network = one.network === true ? ["--build-network"] : [];
    const made = await somebody.venvoy("create", "built", one.name, "--no-binary", one.name, ...network);
    if (made.exit !== 0) throw new Error(`${made.err}\n${await pipsVerdict(somebody, one.name)}`);
    if (one.early !== true) expect(made.err).toContain(`builds from source: ${one.name}`);
    const said = await somebody.venvoy("run", "-n", "built", "-c", `import ${one.module}; print("here")`);
    expect(said.out).toBe("here\n");
  });
}

/** The same with pip: what pip can't build here either is no fault of ours. */
async function pipsVerdict(somebody: Person, name: string): Promise<string> {
  const words = ["-m", "pip", "wheel", "-q", "--no-deps", "--no-cache-dir", "--no-binary", name, "-w", "wheels", name];
  const { exit, err } = await somebody.run("python3", words);
  return exit === 0 ? "pip builds it" : `pip does not build it either: ${err.slice(-500)}`;
}
