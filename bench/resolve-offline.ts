/**
 * Times one resolution with the real index client: `bun bench/resolve-offline.ts FILE [--python 3.11.7] [--cache DIR]
 * [--offline] [--times N] [--lowest-direct] [--memo] [--before 2026-10-02T00:00:00Z]`. Run it once without `--offline` to fill the cache.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { absPath } from "../src/base/index.ts";
import { nodePorts } from "../src/node/index.ts";
import { compatibleTags, linuxPlatforms, parseRequirement, type Target } from "../src/pep/index.ts";
import { silentReporter } from "../src/ports/index.ts";
import { createIndexClient, defaultIndexUrl, indexSettings } from "../src/pypi/index.ts";
import { type AskedRequirement, defaultPolicy, resolve, solutionMemo } from "../src/resolve/index.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: "string", default: "3.11.7" },
    cache: { type: "string", default: join(tmpdir(), "venvoy-bench-resolve") },
    offline: { type: "boolean", default: false },
    times: { type: "string", default: "1" },
    before: { type: "string" },
    "lowest-direct": { type: "boolean", default: false },
    memo: { type: "boolean", default: false },
    print: { type: "boolean", default: false },
  },
});

function targetFor(version: string): Target {
  const [major = 3, minor = 0] = version.split(".").map(Number);
  return {
    pythonVersion: version,
    implementation: "cpython",
    tags: compatibleTags({
      implementation: "cpython",
      pythonVersion: [major, minor],
      abis: [`cp${major}${minor}`],
      platforms: linuxPlatforms({ machine: "x86_64", glibc: [2, 36] }),
    }),
    markers: {
      implementation_name: "cpython",
      implementation_version: version,
      os_name: "posix",
      platform_machine: "x86_64",
      platform_python_implementation: "CPython",
      platform_release: "6.1.0",
      platform_system: "Linux",
      platform_version: "#1 SMP",
      python_full_version: version,
      python_version: `${major}.${minor}`,
      sys_platform: "linux",
    },
  };
}

function askedIn(file: string): AskedRequirement[] {
  const asked: AskedRequirement[] = [];
  for (const [at, line] of readFileSync(file, "utf8").split("\n").entries()) {
    const text = line.replace(/(^|\s)#.*$/, "").trim();
    if (text === "" || text.startsWith("-")) continue;
    asked.push({ requirement: parseRequirement(text), origin: { kind: "file", file, line: at + 1, text } });
  }
  return asked;
}

async function main(): Promise<void> {
  mkdirSync(values.cache, { recursive: true });
  const requirements = askedIn(positionals[0] ?? "");
  for (let round = 0; round < Number(values.times); round++) await resolveOnce(requirements, round);
}

async function resolveOnce(requirements: readonly AskedRequirement[], round: number): Promise<void> {
  const ports = nodePorts();
  const started = performance.now();
  const cpu = process.cpuUsage();
  const source = createIndexClient(
    { ...ports, reporter: silentReporter() },
    indexSettings({
      indexes: [{ url: defaultIndexUrl }],
      cacheDir: absPath(values.cache),
      offline: values.offline,
    }),
  );
  try {
    const { lock, stats, notices } = await resolve(
      { reporter: silentReporter() },
      {
        requirements,
        constraints: [],
        overrides: [],
        target: targetFor(values.python),
        policy: {
          ...defaultPolicy,
          resolution: values["lowest-direct"] ? "lowest-direct" : "highest",
          ...(values.before === undefined ? {} : { excludeNewerMs: Date.parse(values.before) }),
        },
        source,
        ...(values.memo ? { memo: solutionMemo(ports, absPath(join(values.cache, "solutions-1"))) } : {}),
      },
    );
    if (values.print && round === 0) {
      for (const entry of lock.packages) console.log(`${entry.name}==${entry.version}`);
      for (const notice of notices) console.error(notice);
    }
    const used = process.cpuUsage(cpu);
    console.error(
      `${lock.packages.length} packages, ${(performance.now() - started).toFixed(0)} ms, cpu ${((used.user + used.system) / 1000).toFixed(0)} ms`,
      stats,
    );
  } catch (error) {
    console.error(
      error instanceof Error ? error.message : error,
      (error as { hint?: string }).hint,
      `${(performance.now() - started).toFixed(0)} ms`,
    );
  }
}

void main();
