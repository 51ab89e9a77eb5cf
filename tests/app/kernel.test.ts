import { existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openContext } from "../../src/app/context.ts";
import { startKernel } from "../../src/app/index.ts";
import { nodePorts } from "../../src/node/index.ts";
import { silentReporter } from "../../src/ports/index.ts";
import { type TestContext, testContext } from "../kit/context.ts";

const projects = {
  idna: { "3.7": {} },
  ipykernel: { "6.0": { files: { "ipykernel_launcher.py": "import sys; print(sys.argv[1:])\n" } } },
};

async function withJupyter(): Promise<TestContext> {
  const t = await testContext(projects);
  t.env["JUPYTER_DATA_DIR"] = join(t.home, "jupyter");
  return t;
}

function specOf(t: TestContext, kernel: string) {
  return JSON.parse(readFileSync(join(t.home, "jupyter", "kernels", kernel, "kernel.json"), "utf8"));
}

test("without ipykernel it says how to add it, and -y adds it", async () => {
  await using t = await withJupyter();
  await t.venvoy("create", "demo");
  const refused = await t.venvoy("kernel", "demo");
  expect(refused).toMatchObject({ exit: 2, out: "" });
  expect(refused.err).toContain("`demo` has no `ipykernel`");
  expect(refused.err).toContain("venvoy add ipykernel -n demo");
  expect(existsSync(join(t.home, "jupyter"))).toBe(false);
  const made = await t.venvoy("kernel", "demo", "-y");
  expect(made.exit).toBe(0);
  expect(made.out).toContain("+ ipykernel 6.0");
  expect(made.out).toContain("demo is now the kernel `venvoy-demo`");
  expect((await t.venvoy("kernel", "demo")).out).toContain("demo is the kernel");
});

test("the kernel is written by id, with the home that it was made in", async () => {
  await using t = await withJupyter();
  await t.venvoy("create", "demo", "ipykernel");
  expect((await t.venvoy("kernel", "demo", "--dry-run")).out).toContain("would become");
  expect(existsSync(join(t.home, "jupyter"))).toBe(false);
  await t.venvoy("kernel", "demo", "--display-name", "My “demo”");
  const { id } = await t.library.show({ name: "demo" });
  expect(specOf(t, "venvoy-demo")).toMatchObject({
    argv: expect.arrayContaining(["internal", "kernel", id, "-f", "{connection_file}"]),
    display_name: "My “demo”",
    language: "python",
    env: { VENVOY_HOME: t.env["VENVOY_HOME"] },
  });
  // What a person called it stays when it is written again.
  await t.venvoy("kernel", "demo");
  expect(specOf(t, "venvoy-demo").display_name).toBe("My “demo”");
});

test("a name that Jupyter can't have, and one that somebody else took", async () => {
  await using t = await withJupyter();
  mkdirSync(join(t.home, "jupyter", "kernels", "venvoy-demo"), { recursive: true });
  writeFileSync(join(t.home, "jupyter", "kernels", "venvoy-demo", "kernel.json"), "{}");
  await t.venvoy("create", "demo", "ipykernel");
  await t.venvoy("create", "größe", "ipykernel");
  const { id } = await t.library.show({ name: "demo" });
  expect((await t.venvoy("kernel", "demo")).out).toContain(`venvoy-demo-${id}`);
  expect((await t.venvoy("kernel", "größe")).out).toContain("`venvoy-gr-e`");
  expect(readFileSync(join(t.home, "jupyter", "kernels", "venvoy-demo", "kernel.json"), "utf8")).toBe("{}");
});

test("kernels are listed and removed, those of environments that are gone too", async () => {
  await using t = await withJupyter();
  expect((await t.venvoy("kernel", "--list")).out).toContain("no kernel of Jupyter is from venvoy");
  await t.venvoy("create", "demo", "ipykernel");
  await t.venvoy("create", "other", "ipykernel");
  await t.venvoy("kernel", "demo");
  await t.venvoy("kernel", "other");
  await t.venvoy("delete", "demo", "-y");
  const listed = await t.venvoy("kernel", "--list");
  expect(listed.out).toContain("its environment is gone");
  expect((await t.venvoy("kernel", "demo", "--remove")).out).toContain("removed the kernel `venvoy-demo`");
  expect((await t.venvoy("kernel", "other", "--remove", "--dry-run")).out).toContain("would remove");
  expect((await t.library.kernels()).map(({ kernel }) => kernel)).toEqual(["venvoy-other"]);
  expect((await t.venvoy("kernel", "other", "--remove")).exit).toBe(0);
  expect(await t.venvoy("kernel", "other", "--remove")).toMatchObject({ exit: 2 });
  expect(await t.venvoy("kernel", "other", "--list")).toMatchObject({ exit: 2 });
});

test("a start takes the version and the variables of now, and counts as use", async () => {
  await using t = await withJupyter();
  await t.venvoy("create", "demo", "ipykernel");
  await t.venvoy("add", "-n", "demo", "idna");
  const { id } = await t.library.show({ name: "demo" });
  const ports = nodePorts();
  const system = Object.defineProperties({} as typeof ports.system, {
    ...Object.getOwnPropertyDescriptors(ports.system),
    env: { value: t.env },
  });
  const options = { reporter: silentReporter(), offline: true };
  const { home } = openContext({ ...ports, system }, options);
  await home.using("demo", { purpose: "test" }, (held) => held.edit({ variables: { MODE: "two words" } }));
  const used = join((await home.open("demo")).dir, "used");
  utimesSync(used, 1, 1);
  const start = await startKernel({ ...ports, system }, options, id ?? "", ["-f", "file.json"]);
  expect(start.argv.slice(1)).toEqual(["-m", "ipykernel_launcher", "-f", "file.json"]);
  expect(start.argv[0]).toMatch(/generations[\\/]2[\\/]/);
  expect(start.env["VIRTUAL_ENV"]).toBe(join(t.home, "venvoy", "envs", "demo"));
  expect(start.env["MODE"]).toBe("two words");
  expect(statSync(used).mtimeMs).toBeGreaterThan(1_600_000_000_000);
  const ran = await ports.proc.run({ argv: start.argv, env: start.env });
  expect(new TextDecoder().decode(ran.stdout)).toContain("['-f', 'file.json']");
  await t.venvoy("delete", "demo", "-y", "--force");
  await expect(startKernel({ ...ports, system }, options, id ?? "", [])).rejects.toMatchObject({
    code: "ENV_UNKNOWN",
    hint: "venvoy restore demo",
  });
});
