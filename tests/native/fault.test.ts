import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { AbsPath } from "../../src/base/index.ts";
import { type ElfFacts, readElf } from "../../src/codec/index.ts";
import {
  type CpuLevel,
  type CxxSymbols,
  cpuLevel,
  cxxSymbols,
  elfMachine,
  type Host,
  hostFault,
  hostFaultClause,
  nativeNeeds,
  parseHost,
} from "../../src/native/index.ts";
import { nodePorts } from "../../src/node/index.ts";
import { type ObjectParts, sharedObject } from "../kit/elf.ts";
import { memoryPorts } from "../kit/memory-ports.ts";
import { tempDir } from "../kit/temp.ts";

const shared = join(import.meta.dirname, "../../../shared/data/elf");

function host(
  text: string,
  { cxx = {}, machine, cpu }: { cxx?: CxxSymbols; machine?: string; cpu?: CpuLevel } = {},
): Host {
  const [kind, version = ""] = text.split(" ");
  const libc = parseHost(`${kind}=${version}`).libc;
  return {
    libc,
    machine: machine === undefined ? undefined : elfMachine(machine),
    cxx: async () => cxx,
    cpu: async () => cpu,
    isDeclared: false,
  };
}

async function needsOf(files: Readonly<Record<string, ObjectParts | Uint8Array>>) {
  const read = await Promise.all(
    Object.entries(files).map(async ([path, parts]) => {
      const bytes = parts instanceof Uint8Array ? parts : sharedObject(parts);
      return { path, elf: await readElf(async (offset, length) => bytes.subarray(offset, offset + length)) };
    }),
  );
  return nativeNeeds(read.flatMap(({ path, elf }) => (elf === undefined ? [] : [{ path, elf }])));
}

const manylinux = "demo-1.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl";

async function fault(files: Readonly<Record<string, ObjectParts>>, of: Host, filename = manylinux) {
  const found = await hostFault({ filename, native: await needsOf(files) }, of);
  return found === undefined ? undefined : hostFaultClause("`demo` 1.0", false, found);
}

const tooNew = { needed: ["libc.so.6"], versions: { "libc.so.6": ["GLIBC_2.9", "GLIBC_2.38", "GLIBC_2.17"] } };

test("a file that needs a newer glibc than its tag claims", async () => {
  expect(await fault({ "demo/x.so": tooNew }, host("glibc 2.36"))).toBe(
    "`demo` 1.0 says it runs on glibc 2.17 but needs GLIBC_2.38 (demo/x.so), and this machine has 2.36",
  );
  expect(await fault({ "demo/x.so": tooNew }, host("glibc 2.38"))).toBeUndefined();
  const declared = { ...host("glibc 2.36"), isDeclared: true };
  expect(await fault({ "demo/x.so": tooNew }, declared, "demo-1.0-py3-none-linux_x86_64.whl")).toBe(
    "`demo` 1.0 needs GLIBC_2.38 (demo/x.so), and the machine it is for has 2.36",
  );
});

test("a version that is only wished for is no need, and a mark of the loader is one", async () => {
  const versions = { "libc.so.6": ["GLIBC_2.2.5", "GLIBC_2.38?", "GLIBC_PRIVATE"] };
  expect(await fault({ "a.so": { needed: ["libc.so.6"], versions } }, host("glibc 2.17"))).toBeUndefined();
  const relative = { needed: ["libc.so.6"], versions: { "libc.so.6": ["GLIBC_ABI_DT_RELR"] } };
  expect(await fault({ "a.so": relative }, host("glibc 2.31"))).toContain("needs GLIBC_2.36 (a.so)");
});

test("the C++ library, unless the wheel brings its own or nothing is known of this machine's", async () => {
  const versions = { "libstdc++.so.6": ["GLIBCXX_3.4.30", "CXXABI_1.3.13"] };
  const file = { needed: ["libstdc++.so.6", "libc.so.6"], versions };
  const old = host("glibc 2.36", { cxx: { GLIBCXX: "3.4.19", CXXABI: "1.3.7" } });
  expect(await fault({ "demo/x.so": file }, old)).toBe(
    "`demo` 1.0 says it runs on glibc 2.17 but needs GLIBCXX_3.4.30 (demo/x.so), and this machine has GLIBCXX_3.4.19",
  );
  const abi = { ...file, versions: { "libstdc++.so.6": ["CXXABI_1.3.13"] } };
  expect(await fault({ "demo/x.so": abi }, old)).toContain("needs CXXABI_1.3.13 (demo/x.so)");
  expect(await fault({ "demo/x.so": file }, host("glibc 2.36"))).toBeUndefined();
  const own = { needed: ["libc.so.6"], soname: "libstdc++.so.6" };
  expect(await fault({ "demo/x.so": file, "demo.libs/libstdc++.so.6.0.30": own }, old)).toBeUndefined();
});

test("the other C library, unless there is a file for this one, too", async () => {
  const musl = { needed: ["libc.musl-x86_64.so.1"] };
  expect(await fault({ "x.so": musl }, host("glibc 2.36"))).toBe(
    "`demo` 1.0 says it runs on glibc 2.17 but needs musl (x.so), and this machine has glibc 2.36",
  );
  expect(await fault({ "x.so": { needed: ["libc.so.6"] } }, host("musl 1.2"))).toBe(
    "`demo` 1.0 needs glibc (x.so), and this machine has musl 1.2",
  );
  expect(await fault({ "x.so": musl, "y.so": { needed: ["libc.so.6"] } }, host("glibc 2.36"))).toBeUndefined();
});

test("the machine, unless there is a file for this one, too", async () => {
  const other = { ...tooNew, machine: 183 };
  const own = host("glibc 2.36", { machine: "x86_64" });
  expect(await fault({ "x.so": other }, own)).toBe("`demo` 1.0 needs aarch64 (x.so), and this machine is x86_64");
  expect(await fault({ "x.so": other, "y.so": { needed: ["libc.so.6"] } }, own)).toBeUndefined();
});

test("a wheel for every platform picks its files by itself", async () => {
  expect(await fault({ "x.so": tooNew }, host("glibc 2.17"), "demo-1.0-py3-none-any.whl")).toBeUndefined();
});

test("libraries from elsewhere are told, and nothing more", async () => {
  const files = {
    "demo/x.so": { needed: ["libc.so.6", "libm.so.6", "libown.so.1", "libcuda.so.1", "ld-linux-x86-64.so.2"] },
    "demo.libs/libown-1a.so": { needed: ["libc.so.6"], soname: "libown.so.1" },
  };
  expect(await needsOf(files)).toMatchObject([{ libc: ["glibc"], elsewhere: ["libcuda.so.1"], symbols: {} }]);
  expect(await fault(files, host("glibc 2.17"))).toBeUndefined();
});

test("the level of the processor, of files that say it and are there for every one", async () => {
  const v3 = { needed: ["libc.so.6"], isaNeeded: 4 };
  const old = host("glibc 2.17", { cpu: 2 });
  expect(await fault({ "demo/x.so": v3, "demo/y.so": { ...v3, isaNeeded: 1 } }, old)).toBe(
    "`demo` 1.0 needs x86-64-v3 (demo/x.so), and this machine is x86-64-v2",
  );
  expect(await fault({ "demo/x.so": v3 }, host("glibc 2.17", { cpu: 3 }))).toBeUndefined();
  expect(await fault({ "demo/x.so": v3 }, host("glibc 2.17"))).toBeUndefined();
  for (const path of ["demo/glibc-hwcaps/x86-64-v3/x.so", "demo/_core_avx2.so", "demo/x.v3.so"])
    expect(await fault({ [path]: v3 }, old), path).toBeUndefined();
  expect(await needsOf({ "demo/x.so": { needed: ["libc.so.6"] } })).toMatchObject([{ symbols: {} }]);
});

test("what a real linker writes of it", async () => {
  const dir = tempDir("isa");
  writeFileSync(join(dir, "x.c"), "int f(int x) { return x + 1; }\n");
  const flags = ["-shared", "-fPIC", "-Wl,-z,x86-64-v3", "x.c", "-o", "x.so"];
  const made = spawnSync("gcc", flags, { cwd: dir });
  if (made.status !== 0 || process.arch !== "x64") {
    console.log("skipped: no gcc that marks levels");
    return;
  }
  const bytes = readFileSync(join(dir, "x.so"));
  expect(await readElf(async (offset, length) => bytes.subarray(offset, offset + length))).toMatchObject({
    isaNeeded: 4,
  });
});

test("this machine's level, by what the kernel says of its processor", async () => {
  const v2 = "fpu sse2 pni ssse3 cx16 sse4_1 sse4_2 popcnt lahf_lm";
  const v3 = `${v2} fma movbe xsave avx f16c abm bmi1 avx2 bmi2`;
  for (const [flags, level] of [
    ["fpu sse2", 1],
    [v2, 2],
    [v3, 3],
    [`${v3} avx512f avx512bw avx512cd avx512dq`, 3],
    [`${v3} avx512f avx512bw avx512cd avx512dq avx512vl`, 4],
  ] as const) {
    const { fs } = memoryPorts();
    await fs.makeDir("/proc" as AbsPath);
    await fs.write("/proc/cpuinfo" as AbsPath, `processor\t: 0\nflags\t\t: ${flags}\nbugs\t\t: none\n`);
    expect(await cpuLevel({ fs }), flags).toBe(level);
  }
  expect(await cpuLevel(memoryPorts())).toBeUndefined();
});

test("what a person says of a machine", () => {
  expect(parseHost("cpu=x86-64-v2")).toEqual({ cxx: {}, cpu: 2 });
  expect(parseHost("glibc=2.17,cpu=x86-64")).toMatchObject({ libc: { kind: "glibc" }, cpu: 1 });
  for (const text of ["cpu=v3", "cpu=x86-64-v5", "cpu=x86-64-v2,glibcxx=3.4.19", "cpu=x86-64,cpu=x86-64"])
    expect(() => parseHost(text), text).toThrow(expect.objectContaining({ code: "ARGUMENT_INVALID" }));
  expect(parseHost("glibc=2.17, GLIBCXX=3.4.19")).toEqual({
    libc: { kind: "glibc", version: [2, 17] },
    cxx: { GLIBCXX: "3.4.19" },
  });
  for (const text of ["", "2.17", "glibc", "glibc=2", "glibcxx=3.4.19", "glibc=2.17,musl=1.2", "cuda=12.1"]) {
    expect(() => parseHost(text), text).toThrow(expect.objectContaining({ code: "ARGUMENT_INVALID" }));
  }
});

test("this machine's own C++ library", async () => {
  const { fs, system } = nodePorts();
  if (!existsSync("/etc/ld.so.cache") || !readFileSync("/etc/ld.so.cache", "latin1").includes("libstdc++.so.6")) {
    console.log("skipped: no C++ library on this machine");
    return;
  }
  const found = await cxxSymbols({ fs, system }, { machine: elfMachine(system.machine), prefix: "/" as AbsPath });
  expect(found).toMatchObject({
    GLIBCXX: expect.stringMatching(/^3\.4\.\d+$/),
    CXXABI: expect.stringMatching(/^1\.3\.\d+$/),
  });
});

test("the answers of another reader: which made objects which hosts can load", async () => {
  if (!existsSync(shared)) {
    console.log("skipped: ../shared/data/elf is not here");
    return;
  }
  const { cases } = JSON.parse(readFileSync(join(shared, "synthetic.json"), "utf8"));
  let judged = 0;
  for (const { name, b64, glibc_check: expected } of cases) {
    const native = await needsOf({ "demo_ext.so": Buffer.from(b64, "base64") });
    for (const [text, loads] of Object.entries(expected)) {
      if (loads === "unreadable") expect(native, name).toEqual([]);
      else {
        const found = await hostFault({ filename: manylinux, native }, host(text));
        expect(found === undefined, `${name} on ${text}`).toBe(loads);
      }
      judged += 1;
    }
  }
  expect(judged).toBeGreaterThan(100);
});

test("no good wheel is refused on the oldest machine that its tag admits", async () => {
  if (!existsSync(shared)) {
    console.log("skipped: ../shared/data/elf is not here");
    return;
  }
  const { cases } = JSON.parse(readFileSync(join(shared, "real_wheels.json"), "utf8"));
  const { manylinux: policies } = JSON.parse(readFileSync(join(shared, "policies.json"), "utf8"));
  for (const { wheel, auditwheel_tag: tag, members } of cases) {
    const native = nativeNeeds(members.map((one: Member) => ({ path: one.path, elf: factsOf(one) })));
    const [, kind, major, minor, machine] = /^(many|musl)linux_(\d+)_(\d+)_(.*)$/.exec(tag) ?? [];
    const policy = policies.find(({ name }: { name: string }) => name === `manylinux_${major}_${minor}`);
    const versions = policy?.symbol_versions[machine ?? ""] ?? {};
    const cxx = { GLIBCXX: newest(versions["GLIBCXX"]), CXXABI: newest(versions["CXXABI"]) };
    const of = host(`${kind === "many" ? "glibc" : "musl"} ${major}.${minor}`, { cxx, machine: machine ?? "" });
    expect(await hostFault({ filename: wheel, native }, of), wheel).toBeUndefined();
  }
  expect(cases.length).toBeGreaterThan(20);
});

interface Member {
  readonly path: string;
  readonly class: 32 | 64;
  readonly machine: string;
  readonly soname: string | null;
  readonly needed: readonly string[];
  readonly verneed: Readonly<Record<string, readonly string[]>>;
}

function factsOf({ class: wordBits, machine, soname, needed, verneed }: Member): ElfFacts {
  return {
    wordBits,
    isLittleEndian: true,
    machine: machine === "EM_AARCH64" ? 183 : 62,
    type: 3,
    flags: 0,
    interpreter: undefined,
    isaNeeded: 0,
    soname: soname ?? undefined,
    needed,
    searchPath: [],
    versions: new Map(Object.entries(verneed)),
    weakVersions: new Set(),
  };
}

function newest(versions: readonly string[] = []): string {
  return (
    versions
      .filter((one) => /^[\d.]+$/.test(one))
      .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
      .at(-1) ?? "0"
  );
}
