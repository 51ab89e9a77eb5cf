/** NumPy arrays between processes of a session, with real NumPy. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createVenvoy, type SharedArray } from "../../src/index.ts";
import { person } from "../kit/binary.ts";
import { until } from "../kit/until.ts";

const tools = (numpy: string): string => `# /// script
# dependencies = ["numpy${numpy}"]
# ///
import numpy as np
from venvoy_lane import shared_array
def make(count): return np.arange(count, dtype="f4").reshape(2, -1)
def make_shared(count):
    global held
    held = shared_array(count, "i8")
    held[:] = 1
    return held[2:]
def change(): held[:] = 9
def look(a): return [np.__version__, float(a.sum()), list(a.shape), a.flags.writeable, a.flags.owndata]
def write(a): a[...] = 5
def odd(): return [np.float32(1.5), np.int64(3), np.bool_(True), np.zeros((2, 0)), np.asfortranarray(np.eye(3)), np.zeros(2, [("x", "<f8"), ("y", "<i2", (2,))])]
def kinds(*a): return [[str(x.dtype), list(x.shape)] for x in a]
def objects(): return np.array([object()])
def crash():
    import os, signal
    shared_array(1000)
    os.kill(os.getpid(), signal.SIGKILL)
`;

/** One that a kill before has ended may still be listed. */
function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

test("arrays go from one process to another without being copied, and nothing of them stays", async () => {
  using ann = person();
  const { writeFileSync } = await import("node:fs");
  writeFileSync(join(ann.home, "old.py"), tools("<2"));
  writeFileSync(join(ann.home, "new.py"), tools(">=2"));
  const venvoy = createVenvoy({ home: join(ann.home, "venvoy"), cwd: ann.home });
  const directories = (): readonly string[] =>
    readdirSync("/dev/shm").filter((name) => name.includes(`-${process.pid}-`));
  const session = await venvoy.host.open();
  const [place = ""] = directories();
  const files = (): readonly string[] => readdirSync(join("/dev/shm", place));
  const array = (await session.call("old:make", [1000])) as SharedArray;
  expect([array.dtype, array.shape]).toEqual(["<f4", [2, 500]]);
  const [version, sum, shape, writable, owned] = (await session.call("new:look", [array])) as readonly unknown[];
  expect(String(version).split(".")[0]).toBe("2");
  expect([sum, shape, writable, owned]).toEqual([499500, [2, 500], false, false]);
  expect(session.lanes().length).toBe(2);
  const bytes = await array.bytes();
  expect(new Float32Array(bytes.buffer, bytes.byteOffset, 3)).toEqual(new Float32Array([0, 1, 2]));
  await expect(session.call("new:write", [array])).rejects.toMatchObject({ code: "CALL_FAILED" });
  await session.call("new:write", [array.writable()]);
  expect(((await session.call("old:look", [array])) as unknown[])[1]).toBe(5000);
  await array.release();
  const live = (await session.call("old:make_shared", [1002])) as SharedArray;
  expect(live.place.offset).toBe(16);
  await session.call("old:change");
  expect(((await session.call("new:look", [live])) as unknown[])[1]).toBe(9000);
  await live.release();
  const odd = (await session.call("old:odd")) as unknown[];
  expect(odd.slice(0, 3)).toEqual([1.5, 3, true]);
  expect(await session.call("new:kinds", odd.slice(3) as SharedArray[])).toEqual([
    ["float64", [2, 0]],
    ["float64", [3, 3]],
    ["[('x', '<f8'), ('y', '<i2', (2,))]", [2]],
  ]);
  for (const one of odd.slice(3)) await (one as SharedArray).release();
  await expect(session.call("old:objects")).rejects.toMatchObject({ code: "VALUE_UNSUPPORTED" });
  const mine = await session.array(new Uint8Array(new Float64Array([1, 2, 3]).buffer), { dtype: "<f8", shape: [3] });
  expect(((await session.call("new:look", [mine])) as unknown[])[1]).toBe(6);
  await mine.release();
  expect(files()).toEqual([]);
  await expect(session.call("old:crash")).rejects.toMatchObject({ code: "LANE_CRASHED" });
  await until(() => files().length === 0);
  // Kills in the middle of it: whatever was handed over is held, whatever was not is gone.
  const held: SharedArray[] = [];
  for (let round = 0; round < 12; round++) {
    const call = session.call(round % 2 === 0 ? "old:make" : "new:make", [2_000_000]).then(
      (one) => held.push(one as SharedArray),
      (error: { code: string }) => expect(error.code).toBe("LANE_CRASHED"),
    );
    await new Promise((done) => setTimeout(done, round * 4));
    for (const { pid, isBusy } of session.lanes()) if (isBusy && pid !== 0) kill(pid);
    await call;
  }
  await until(() => files().length === held.length);
  for (const one of held) await one.release();
  expect(files()).toEqual([]);
  await session.call("new:make", [10]);
  await session.close();
  expect(existsSync(join("/dev/shm", place))).toBe(false);
});
