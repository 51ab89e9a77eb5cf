import type { AbsPath } from "../../base/index.ts";
import type { MarkerEnvironment } from "../../pep/index.ts";
import type { Implementation, Interpreter, PathScheme } from "../interpreter.ts";
import { answerMarks } from "./ask-program.ts";
import { newestPip } from "./bundled-wheels.ts";

/** What the program in `ask-program.ts` prints. */
interface RawAnswer {
  readonly executable: string;
  readonly prefix: string;
  readonly version: string;
  readonly versionInfo: readonly [number, number, number];
  readonly prerelease: boolean;
  readonly implementation: string;
  readonly implementationVersion: string;
  readonly machine: string;
  readonly platformTag: string;
  readonly pointerBits: 32 | 64;
  readonly freeThreaded: boolean;
  readonly debug: boolean;
  readonly soabi: string | null;
  readonly extSuffix: string | null;
  readonly libc: readonly ["glibc" | "musl", string] | null;
  readonly macos: string | null;
  readonly paths: PathScheme;
  readonly markers: MarkerEnvironment;
  readonly bundledWheels: readonly string[];
  readonly hasEnsurepip: boolean;
  readonly externallyManaged: boolean;
  readonly stdlib: string;
  readonly sitePackages: readonly string[];
  readonly userSite: string | null;
}

/** Takes the answer out of everything that was printed; `undefined` when it is not there. */
export function parseAnswer(stdout: string): RawAnswer | undefined {
  const begin = stdout.lastIndexOf(answerMarks.begin);
  const end = stdout.indexOf(answerMarks.end, begin);
  if (begin < 0 || end < 0) return undefined;
  try {
    const value: unknown = JSON.parse(stdout.slice(begin + answerMarks.begin.length, end));
    return isAnswer(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The program is ours, but what runs it may be anything: the fields that paths are made of must be there. */
export function isAnswer(value: unknown): value is RawAnswer {
  if (typeof value !== "object" || value === null) return false;
  const answer = value as Partial<Record<keyof RawAnswer, unknown>>;
  const texts = ["executable", "prefix", "version", "implementation", "platformTag", "stdlib"] as const;
  return (
    texts.every((key) => typeof answer[key] === "string" && answer[key] !== "") &&
    Array.isArray(answer.versionInfo) &&
    answer.versionInfo.length === 3 &&
    typeof answer.paths === "object" &&
    typeof answer.markers === "object" &&
    answer.markers !== null &&
    Array.isArray(answer.bundledWheels)
  );
}

/** A Python at the root of a Windows drive calls its place `P:`, which for everybody else is where one stands on that drive. */
function rooted(prefix: string): AbsPath {
  return (/^[A-Za-z]:$/.test(prefix) ? `${prefix}\\` : prefix) as AbsPath;
}

/** `executable` is the real path of the program, found by the caller. */
export function toInterpreter(raw: RawAnswer, executable: AbsPath): Interpreter {
  const bundledWheels = raw.bundledWheels as readonly AbsPath[];
  return {
    executable,
    prefix: rooted(raw.prefix),
    version: raw.version,
    versionInfo: raw.versionInfo,
    prerelease: raw.prerelease,
    implementation: implementationOf(raw.implementation),
    implementationVersion: raw.implementationVersion,
    machine: buildMachine(raw.machine, raw.pointerBits),
    platformTag: raw.platformTag,
    pointerBits: raw.pointerBits,
    freeThreaded: raw.freeThreaded,
    debug: raw.debug,
    soabi: raw.soabi ?? undefined,
    extSuffix: raw.extSuffix ?? undefined,
    libc: raw.libc === null ? undefined : { kind: raw.libc[0], version: twoNumbers(raw.libc[1]) },
    macos: raw.macos === null ? undefined : twoNumbers(raw.macos),
    paths: raw.paths,
    markers: raw.markers,
    bundledPip: newestPip(bundledWheels),
    bundledWheels,
    externallyManaged: raw.externallyManaged,
    stdlib: raw.stdlib as AbsPath,
    sitePackages: raw.sitePackages as readonly AbsPath[],
    userSite: (raw.userSite ?? undefined) as AbsPath | undefined,
    hasEnsurepip: raw.hasEnsurepip,
  };
}

function implementationOf(name: string): Implementation {
  return name === "cpython" || name === "pypy" || name === "graalpy" ? name : "other";
}

/** The kernel tells its own machine; a 32-bit build on it can load 32-bit files only. */
function buildMachine(machine: string, pointerBits: 32 | 64): string {
  if (pointerBits === 64) return machine;
  return { x86_64: "i686", aarch64: "armv8l", AMD64: "x86" }[machine] ?? machine;
}

function twoNumbers(version: string): readonly [number, number] {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10) || 0);
  return [major, minor];
}
