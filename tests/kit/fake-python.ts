import { type AbsPath, absPath } from "../../src/base/index.ts";
import type { Fs, ProcRequest, StartRequest } from "../../src/ports/index.ts";
import type { FakeAnswer, FakeProgram } from "./fake-proc.ts";

/** What a pretended Python is; everything else follows from it. */
export interface FakePythonFacts {
  /** `3.11.7`, `3.14.0rc1`. */
  readonly version: string;
  readonly implementation?: "cpython" | "pypy" | "graalpy";
  readonly os?: "linux" | "macos" | "windows";
  readonly machine?: string;
  readonly freeThreaded?: boolean;
  readonly debug?: boolean;
  readonly pointerBits?: 32 | 64;
  readonly libc?: readonly ["glibc" | "musl", string] | null;
  readonly macos?: string;
  readonly bundledWheels?: readonly string[];
}

const systems = {
  linux: { name: "Linux", sys: "linux", osName: "posix", machine: "x86_64" },
  macos: { name: "Darwin", sys: "darwin", osName: "posix", machine: "arm64" },
  windows: { name: "Windows", sys: "win32", osName: "nt", machine: "AMD64" },
} as const;

/** The answer of such a Python to venvoy's question, as the object that it prints. */
export function fakeAnswer(
  facts: FakePythonFacts,
  at: { readonly prefix: string; readonly executable: string },
): Record<string, unknown> {
  const { version, implementation = "cpython", os = "linux", freeThreaded = false, debug = false } = facts;
  const [major = 3, minor = 0, micro = 0] = version.split(/[^0-9]+/).map(Number);
  const system = systems[os];
  const machine = facts.machine ?? system.machine;
  const slash = os === "windows" ? "\\" : "/";
  const library = `${implementation === "pypy" ? "pypy" : "python"}${major}.${minor}${freeThreaded ? "t" : ""}`;
  const purelib = os === "windows" ? "Lib/site-packages" : `lib/${library}/site-packages`;
  const stdlib = os === "windows" ? `${at.prefix}${slash}Lib` : `${at.prefix}/lib/${library}`;
  const abi = `${major}${minor}${freeThreaded ? "t" : ""}${debug ? "d" : ""}`;
  return {
    executable: at.executable,
    prefix: at.prefix,
    version,
    versionInfo: [major, minor, micro],
    prerelease: /[abc]/.test(version),
    implementation,
    implementationVersion: implementation === "pypy" ? "7.3.17" : version,
    machine,
    platformTag: { linux: `linux-${machine}`, macos: `macosx-11.0-${machine}`, windows: "win-amd64" }[os],
    pointerBits: facts.pointerBits ?? 64,
    freeThreaded,
    debug,
    soabi:
      implementation === "pypy"
        ? `pypy${major}${minor}-pp73-${machine}-linux-gnu`
        : os === "windows"
          ? null
          : `cpython-${abi}-${machine}-linux-gnu`,
    extSuffix: os === "windows" ? `.cp${abi}-win_amd64.pyd` : `.cpython-${abi}-${machine}-linux-gnu.so`,
    libc: facts.libc === undefined ? (os === "linux" ? ["glibc", "2.36"] : null) : facts.libc,
    macos: os === "macos" ? (facts.macos ?? "14.5") : null,
    paths: {
      purelib,
      platlib: purelib,
      scripts: os === "windows" ? "Scripts" : "bin",
      include: os === "windows" ? "Include" : `include/${library}`,
      data: "",
    },
    markers: {
      implementation_name: implementation,
      implementation_version: implementation === "pypy" ? "7.3.17" : version,
      os_name: system.osName,
      platform_machine: machine,
      platform_python_implementation: { cpython: "CPython", pypy: "PyPy", graalpy: "GraalVM" }[implementation],
      platform_release: "6.1.0",
      platform_system: system.name,
      platform_version: "#1 SMP",
      python_full_version: version,
      python_version: `${major}.${minor}`,
      sys_platform: system.sys,
    },
    bundledWheels: facts.bundledWheels ?? [],
    hasEnsurepip: true,
    externallyManaged: false,
    stdlib,
    sitePackages: [os === "windows" ? `${stdlib}\\site-packages` : `${stdlib}/site-packages`],
    userSite: null,
  };
}

/** Pretended Pythons on a memory disk: files where real ones would be, and a program that answers for them. */
export class FakePythons {
  readonly #answers = new Map<string, FakeAnswer>();

  /** Give this to `memoryPorts({ program })`. */
  readonly program: FakeProgram = (request: ProcRequest | StartRequest) => this.#answers.get(request.argv[0]);

  /** Puts an installation at `prefix`, with the usual names of its program; returns the program. */
  async install(fs: Fs, prefix: string, facts: FakePythonFacts): Promise<AbsPath> {
    const [major = "3", minor = "0"] = facts.version.split(".");
    const windows = facts.os === "windows";
    const word = facts.implementation === "pypy" ? "pypy" : "python";
    const abi = `${facts.freeThreaded === true ? "t" : ""}${facts.debug === true ? "d" : ""}`;
    const name = windows ? "python.exe" : `${word}${major}.${minor}${abi}`;
    const path = windows ? `${prefix}\\${name}` : `${prefix}/bin/${name}`;
    const program = await this.place(fs, path, printed(fakeAnswer(facts, { prefix, executable: path })));
    if (windows) await this.place(fs, `${prefix}\\python${major}${minor}.dll`, undefined);
    else
      for (const alias of [word, `${word}${major}`]) await fs.symlink(name, absPath(`${prefix}/bin/${alias}`), "file");
    return program;
  }

  /** Puts a program anywhere that answers as told; `undefined`: it can't be started. */
  async place(fs: Fs, path: string, answer: FakeAnswer | undefined): Promise<AbsPath> {
    const program = absPath(path);
    await fs.makeDir(fs.path.directory(program));
    await fs.write(program, `pretends to be ${path}`, { mode: 0o755 });
    this.answer(path, answer);
    return program;
  }

  answer(path: string, answer: FakeAnswer | undefined): void {
    if (answer === undefined) this.#answers.delete(path);
    else this.#answers.set(path, answer);
  }
}

/** The answer as it comes out of the program, with whatever a start-up hook may print around it. */
export function printed(answer: Record<string, unknown>, { before = "", after = "" } = {}): FakeAnswer {
  return { stdout: `${before}\n<venvoy:${JSON.stringify(answer)}:venvoy>\n${after}` };
}
