import type { MarkerEnvironment } from "../pep/index.ts";
import type { BaseFacts } from "./base-key.ts";

const systems: Readonly<Record<BaseFacts["os"], { readonly name: string; readonly sys: string; readonly os: string }>> =
  {
    linux: { name: "Linux", sys: "linux", os: "posix" },
    macos: { name: "Darwin", sys: "darwin", os: "posix" },
    windows: { name: "Windows", sys: "win32", os: "nt" },
  };

const implementations: Readonly<Record<string, string>> = { cpython: "CPython", pypy: "PyPy", graalpy: "GraalVM" };

/**
 * What a Python that is gone would have answered to PEP 508 markers, from the name of its base and the version that was
 * written down while it was there. Only the release of the kernel is not known then.
 */
export function markersOfBase(facts: BaseFacts, version: string): MarkerEnvironment {
  const { implementation, os, machine } = facts;
  const minor = facts.version.join(".");
  const full = version.startsWith(`${minor}.`) ? version : `${minor}.0`;
  const system = systems[os];
  return {
    implementation_name: implementation,
    implementation_version: full,
    os_name: system.os,
    // Names of bases are in lower case; Windows is the one system that writes its machine otherwise.
    platform_machine: os === "windows" ? machine.toUpperCase() : machine,
    platform_python_implementation: implementations[implementation] ?? implementation,
    platform_release: "",
    platform_system: system.name,
    platform_version: "",
    python_full_version: full,
    python_version: minor,
    sys_platform: system.sys,
  };
}
