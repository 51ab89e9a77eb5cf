import { compatibleTags, linuxPlatforms, parseRequirement, type Target } from "../../src/pep/index.ts";
import { silentReporter } from "../../src/ports/index.ts";
import {
  type AskedRequirement,
  defaultPolicy,
  type Resolution,
  type ResolvePolicy,
  resolve,
} from "../../src/resolve/index.ts";
import { type MadeIndex, memorySource } from "./memory-source.ts";

/** CPython on Linux x86-64 with glibc 2.36. */
export function linuxTarget(pythonVersion: string): Target {
  const [major = 3, minor = 0] = pythonVersion.split(".").map(Number);
  return {
    pythonVersion,
    implementation: "cpython",
    tags: compatibleTags({
      implementation: "cpython",
      pythonVersion: [major, minor],
      abis: [`cp${major}${minor}`],
      platforms: linuxPlatforms({ machine: "x86_64", glibc: [2, 36] }),
    }),
    markers: {
      implementation_name: "cpython",
      implementation_version: pythonVersion,
      os_name: "posix",
      platform_machine: "x86_64",
      platform_python_implementation: "CPython",
      platform_release: "6.8.0",
      platform_system: "Linux",
      platform_version: "#1",
      python_full_version: pythonVersion,
      python_version: `${major}.${minor}`,
      sys_platform: "linux",
    },
  };
}

export function typed(...texts: readonly string[]): AskedRequirement[] {
  return texts.map((text) => ({ requirement: parseRequirement(text), origin: { kind: "typed", text } }));
}

export function inFile(file: string, line: number, text: string): AskedRequirement {
  return { requirement: parseRequirement(text), origin: { kind: "script", file, line, text } };
}

export interface Asking {
  readonly index: MadeIndex;
  readonly asked: readonly AskedRequirement[];
  readonly constraints?: readonly AskedRequirement[];
  readonly overrides?: readonly AskedRequirement[];
  readonly python?: string;
  readonly policy?: Partial<ResolvePolicy>;
  readonly later?: boolean;
}

export function resolveIn(asking: Asking): Promise<Resolution> {
  return resolve(
    { reporter: silentReporter() },
    {
      requirements: asking.asked,
      constraints: asking.constraints ?? [],
      overrides: asking.overrides ?? [],
      target: linuxTarget(asking.python ?? "3.12.1"),
      policy: { ...defaultPolicy, ...asking.policy },
      source: memorySource(asking.index, { later: asking.later ?? false }),
    },
  );
}

/** Names and versions of what was chosen. */
export async function versionsIn(asking: Asking): Promise<Record<string, string>> {
  const { lock } = await resolveIn(asking);
  return Object.fromEntries(lock.packages.map((entry) => [entry.name, entry.version]));
}
