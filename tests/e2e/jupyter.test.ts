/** With the real jupyter_client and ipykernel from the registry: a kernel runs cells, before and after changes. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { person } from "../kit/binary.ts";

/** Starts a kernel by name, runs the cells one after the other, and prints what each printed. */
const client = `
import json, sys
from jupyter_client.manager import KernelManager
manager = KernelManager(kernel_name=sys.argv[1])
manager.start_kernel()
client = manager.client()
client.start_channels()
try:
    client.wait_for_ready(timeout=200)
    for cell in json.loads(sys.argv[2]):
        said = []
        def hear(message):
            content = message["content"]
            text = content.get("text") or content.get("ename") or ""
            if "begun" in text and "#interrupt" in cell:
                manager.interrupt_kernel()
            else:
                said.append(text)
        client.execute_interactive(cell, timeout=200, output_hook=hear)
        print("".join(said).strip(), flush=True)
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
`;

test("a kernel sees a later add and variables set later, is interrupted, and outlives a rename", {
  timeout: 600_000,
}, async () => {
  using p = person();
  const envs = join(p.home, "venvoy", "envs");
  p.env["JUPYTER_DATA_DIR"] = join(p.home, "jupyter");
  expect((await p.venvoy("create", "lab", "jupyter_client")).exit).toBe(0);
  expect((await p.venvoy("create", "demo")).exit).toBe(0);
  expect((await p.venvoy("kernel", "demo")).err).toContain("venvoy add ipykernel -n demo");
  const made = await p.venvoy("kernel", "demo", "-y");
  expect(made.exit, made.err).toBe(0);
  writeFileSync(join(p.home, "client.py"), client);
  const cells = async (...lines: readonly string[]) => {
    const ran = await p.run(join(envs, "lab", "bin", "python"), ["client.py", "venvoy-demo", JSON.stringify(lines)]);
    expect(ran.exit, ran.err).toBe(0);
    return ran.out.trimEnd().split("\n");
  };

  const first = await cells(
    "import sys; print(sys.prefix)",
    "import idna",
    "import time; print('begun', flush=True); time.sleep(600) #interrupt",
  );
  expect(first[0]).toContain("/generations/2");
  expect(first[1]).toContain("ModuleNotFoundError");
  expect(first[2]).toContain("KeyboardInterrupt");

  expect((await p.venvoy("add", "-n", "demo", "idna")).exit).toBe(0);
  expect((await cells("import idna; print(idna.__name__)", "import os; print(os.environ['VIRTUAL_ENV'])"))[0]).toBe(
    "idna",
  );

  expect((await p.venvoy("rename", "demo", "renamed")).exit).toBe(0);
  expect((await p.venvoy("set", "MODE=two words", "-n", "renamed")).exit).toBe(0);
  const after = await cells(
    "import idna; print('still', idna.__name__)",
    "import os; print(os.environ['VIRTUAL_ENV'], os.environ['MODE'])",
  );
  expect(after).toEqual(["still idna", `${join(envs, "renamed")} two words`]);

  expect((await p.venvoy("delete", "renamed", "-y")).exit).toBe(0);
  expect((await p.venvoy("kernel", "--list")).out).toContain("its environment is gone");
});
