import { type AbsPath, absPath } from "../../src/base/index.ts";
import type { Event, Http, Links, Ports, Reporter, System } from "../../src/ports/index.ts";
import { FakeClock } from "./fake-clock.ts";
import { FakeProc, type FakeProgram } from "./fake-proc.ts";
import { MemoryDisk, type MemoryDiskOptions } from "./memory-disk.ts";
import { MemoryFs } from "./memory-fs.ts";
import { MemoryLocks } from "./memory-locks.ts";

export interface MemoryPortsOptions {
  readonly os?: System["os"];
  /** Over what the system's kind implies. */
  readonly disk?: MemoryDiskOptions;
  readonly system?: Partial<System>;
  readonly clock?: FakeClock;
  readonly program?: FakeProgram;
  readonly http?: Http;
}

export interface MemoryPorts extends Ports {
  readonly fs: MemoryFs;
  readonly proc: FakeProc;
  readonly clock: FakeClock;
  readonly disk: MemoryDisk;
  readonly locks: MemoryLocks;
  readonly reporter: RecordingReporter;
}

/** Everything that a test of a room needs, without a real file, process, second or byte of network. */
export function memoryPorts(options: MemoryPortsOptions = {}): MemoryPorts {
  const system = fakeSystem(options.os ?? "linux", options.system);
  const clock = options.clock ?? new FakeClock();
  const style = system.os === "windows" ? "windows" : "posix";
  const shape = { style, foldsCase: system.os !== "linux", owner: system.uid, ...options.disk } as const;
  const disk = new MemoryDisk(shape, () => clock.now());
  const locks = new MemoryLocks({ pid: system.pid, host: system.hostName });
  return {
    fs: new MemoryFs(disk, locks, system.random),
    http: options.http ?? noNetwork,
    proc: new FakeProc(options.program, [system.pid]),
    clock,
    links: noLinks,
    secrets: { find: async () => undefined },
    system,
    disk,
    locks,
    reporter: new RecordingReporter(),
  };
}

/** Keeps what it is told. */
export class RecordingReporter implements Reporter {
  readonly events: Event[] = [];
  #last = 0;

  emit(event: Event): void {
    this.events.push(event);
  }

  nextOp(): number {
    return ++this.#last;
  }
}

const homes: Readonly<Record<System["os"], AbsPath>> = {
  linux: absPath("/home/ada"),
  macos: absPath("/Users/ada"),
  windows: absPath("C:\\Users\\ada"),
};
const machines = { linux: "x86_64", macos: "arm64", windows: "AMD64" } as const;

/** A machine of the kind that is asked for. Its random bytes are a fixed series, different at every call. */
export function fakeSystem(os: System["os"], over: Partial<System> = {}): System {
  let seed = 0x9e3779b9;
  const byte = (): number => {
    seed = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) + 0x6d2b79f5;
    return (seed >>> 16) & 0xff;
  };
  return {
    os,
    machine: machines[os],
    libc: os === "linux" ? { kind: "glibc", version: "2.36" } : undefined,
    env: {},
    home: homes[os],
    cwd: homes[os],
    cores: 2,
    kernel: "6.1.0 #1 SMP",
    hostName: "testhost",
    user: "ada",
    uid: os === "windows" ? 0 : 1000,
    pid: 4242,
    boot: "first boot",
    self: [os === "windows" ? "C:\\bin\\venvoy.exe" : "/opt/bin/venvoy"],
    random: (count) => Uint8Array.from({ length: count }, byte),
    ...over,
  };
}

const noNetwork: Http = {
  send: async (request) => {
    throw new Error(`a test asked the network for ${request.url}`);
  },
};

const noLinks: Links = {
  stdio: () => {
    throw new Error("a test of a room has no standard input");
  },
  listen: async () => {
    throw new Error("a test of a room has no sockets");
  },
  connect: async () => {
    throw new Error("a test of a room has no sockets");
  },
  start: async ({ argv }) => {
    throw new Error(`a test of a room started ${argv[0]}`);
  },
};
