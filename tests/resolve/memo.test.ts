import { beforeEach, describe, expect, it } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { silentReporter } from "../../src/ports/index.ts";
import { defaultPolicy, type Resolution, type ResolveRequest, resolve, solutionMemo } from "../../src/resolve/index.ts";
import { type MemoryPorts, memoryPorts } from "../kit/memory-ports.ts";
import { type MadeIndex, type MemorySource, memorySource } from "./memory-source.ts";
import { linuxTarget, typed } from "./targets.ts";

const dir = absPath("/cache/solutions-1");
const index: MadeIndex = {
  app: { "1": { requires: ["lib"] } },
  lib: { "1": {}, "2": { yanked: "no good" } },
  other: { "1": {} },
};

let io: MemoryPorts;

beforeEach(() => {
  io = memoryPorts();
});

function ask(source: MemorySource, more: Partial<ResolveRequest> = {}): Promise<Resolution> {
  return resolve(
    { reporter: silentReporter() },
    {
      requirements: typed("app", "lib==2"),
      constraints: [],
      overrides: [],
      target: linuxTarget("3.12.1"),
      policy: defaultPolicy,
      source,
      memo: solutionMemo(io, dir),
      ...more,
    },
  );
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("solutionMemo", () => {
  it("answers the same question again without looking at any package", async () => {
    const first = await ask(memorySource(index, { later: true }));
    const source = memorySource(index, { later: true });
    const second = await ask(source);
    expect([first.isRemembered, second.isRemembered]).toEqual([false, true]);
    expect(source.asked).toEqual([]);
    expect(plain(second.lock)).toEqual(plain(first.lock));
    expect(second.notices).toEqual(first.notices);
    expect(second.notices).toHaveLength(1);
  });

  it("solves anew when a listing that was looked at has changed, and only then", async () => {
    await ask(memorySource(index));
    expect((await ask(memorySource({ ...index, other: { "2": {} } }))).isRemembered).toBe(true);
    expect((await ask(memorySource({ ...index, lib: { ...index["lib"], "3": {} } }))).isRemembered).toBe(false);
  });

  it("solves anew when anything else of the question differs", async () => {
    await ask(memorySource(index));
    const others: readonly Partial<ResolveRequest>[] = [
      { requirements: typed("app") },
      { constraints: typed("lib<3") },
      { overrides: typed("lib==1") },
      { target: linuxTarget("3.12.2") },
      { policy: { ...defaultPolicy, resolution: "lowest" } },
      { policy: { ...defaultPolicy, upgrade: "all" } },
    ];
    for (const more of others) expect((await ask(memorySource(index), more)).isRemembered).toBe(false);
    const elsewhere = typed("app", "lib==2").map((asked) => ({
      ...asked,
      origin: { kind: "script", file: "a.py", line: 1, text: "" } as const,
    }));
    expect((await ask(memorySource(index), { requirements: elsewhere })).isRemembered).toBe(true);
  });

  it("remembers nothing that rests on an address, or on a listing that can't be told without the network", async () => {
    const address = typed("app @ https://files.example/app-1-py3-none-any.whl", "lib==2");
    await ask(memorySource(index), { requirements: address });
    expect((await ask(memorySource(index), { requirements: address })).isRemembered).toBe(false);
    const unsure = { ...memorySource(index), stamp: async () => undefined };
    await ask(unsure);
    expect((await ask(memorySource(index))).isRemembered).toBe(false);
  });

  it("does not remember what was only taken because the network may not be used", async () => {
    const more = { ...index, app: { ...index["app"], "2": { requires: ["lib"] } } };
    const offline = await ask(memorySource(more, { absent: ["app-2-py3-none-any.whl"] }));
    expect(offline.lock.packages.map((entry) => entry.version)).toEqual(["1", "2"]);
    const online = await ask(memorySource(more));
    expect(online.isRemembered).toBe(false);
    expect(online.lock.packages.map((entry) => entry.version)).toEqual(["2", "2"]);
  });

  it("counts a damaged memory as none, and does without a disk that can't be written", async () => {
    await ask(memorySource(index));
    for (const { name } of (await io.fs.list(dir)) ?? []) {
      const path = io.fs.path.join(dir, name);
      const text = await io.fs.readText(path);
      await io.fs.write(path, text.replace("lib", "bil"));
    }
    expect((await ask(memorySource(index))).isRemembered).toBe(false);
    io = memoryPorts();
    io.fs.write = () => Promise.reject(new Error("read-only"));
    expect((await ask(memorySource(index))).lock.packages).toHaveLength(2);
  });
});
