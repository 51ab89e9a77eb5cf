import { describe, expect, it } from "vitest";
import { isVenvoyError, type PackageName, parseSha256 } from "../../src/base/index.ts";
import { type Lock, lockFromPylock, lockToPylock, withDigests } from "../../src/resolve/index.ts";
import { resolveIn, typed } from "./targets.ts";

const url = "https://files.example/lib-1.2-py3-none-any.whl";

async function madeLock(): Promise<Lock> {
  const index = {
    app: { "1": { requires: ["lib>=1"], extras: { x: ["other"] } } },
    other: { "2.0": {} },
    lib: { "1.2": {} },
  };
  const { lock } = await resolveIn({ index, asked: typed("app[x]", `lib @ ${url}`) });
  return withDigests(lock, new Map([["lib" as PackageName, parseSha256("b".repeat(64))]]));
}

describe("a lock as pylock.toml", () => {
  it("is what other tools can read", async () => {
    expect(lockToPylock(await madeLock())).toMatchInlineSnapshot(`
      "lock-version = "1.0"
      created-by = "venvoy"

      [[packages]]
      name = "app"
      version = "1"
      dependencies = [
        { name = "lib" },
        { name = "other" },
      ]
      index = "https://index.example/simple/"
      wheels = [{ name = "app-1-py3-none-any.whl", url = "https://index.example/simple/app-1-py3-none-any.whl", hashes = { sha256 = "0000000000000000000000000000000000000000000000000000000000000000" } }]
      tool = { venvoy = { requested = true, extras = ["x"] } }

      [[packages]]
      name = "lib"
      version = "1.2"
      archive = { url = "https://files.example/lib-1.2-py3-none-any.whl", hashes = { sha256 = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" } }
      tool = { venvoy = { requested = true, filename = "lib-1.2-py3-none-any.whl" } }

      [[packages]]
      name = "other"
      version = "2.0"
      index = "https://index.example/simple/"
      wheels = [{ name = "other-2.0-py3-none-any.whl", url = "https://index.example/simple/other-2.0-py3-none-any.whl", hashes = { sha256 = "0000000000000000000000000000000000000000000000000000000000000000" } }]
      "
    `);
  });

  it("comes back as it was", async () => {
    const lock = await madeLock();
    const text = lockToPylock(lock);
    const back = lockFromPylock(text);
    expect(lockToPylock(back)).toBe(text);
    expect(JSON.parse(JSON.stringify(back))).toEqual(JSON.parse(JSON.stringify(lock)));
  });

  it("comes back without an address when there was none", async () => {
    const [entry] = (await madeLock()).packages;
    if (entry === undefined) throw new Error("the lock is empty");
    const { filename, sha256 } = entry.wheel;
    const lock: Lock = { packages: [{ ...entry, wheel: { filename, sha256 } }] };
    expect(lockFromPylock(lockToPylock(lock))).toEqual(lock);
  });

  it("reads another tool's lock when it leaves no choice", () => {
    const head = 'lock-version = "1.0"\ncreated-by = "other"\n\n[[packages]]\nname = "a"\nversion = "1.0"\n';
    const wheel = `{ url = "https://files.example/a-1.0-py3-none-any.whl", hashes = { sha256 = "${"c".repeat(64)}" } }`;
    expect(lockFromPylock(`${head}wheels = [${wheel}]\n`).packages).toMatchObject([
      { name: "a", version: "1.0", wheel: { filename: "a-1.0-py3-none-any.whl" }, requested: false, extras: [] },
    ]);
    const sources = `sdist = ${wheel.replace("-py3-none-any.whl", ".tar.gz")}\n`;
    expect(lockFromPylock(head + sources).packages[0]?.wheel.filename).toBe("a-1.0.tar.gz");
    for (const rest of [
      `wheels = [${wheel}, ${wheel.replace("py3-none-any", "py2-none-any")}]`,
      `wheels = [${wheel.replace("sha256", "sha512")}]`,
    ]) {
      expect(codeOf(() => lockFromPylock(`${head}${rest}\n`))).toBe("LOCK_INVALID");
    }
  });

  it("can't be written before every digest is known", async () => {
    const lock = await madeLock();
    const [first] = lock.packages;
    const unknown = {
      packages: first === undefined ? [] : [{ ...first, wheel: { ...first.wheel, sha256: undefined } }],
    };
    expect(() => lockToPylock(unknown)).toThrow("not known yet");
  });
});

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return isVenvoyError(error) ? error.code : String(error);
  }
  return "nothing";
}
