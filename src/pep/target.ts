/** The variables of PEP 508 environment markers, as the target interpreter answers them. */
export interface MarkerEnvironment {
  readonly implementation_name: string;
  readonly implementation_version: string;
  readonly os_name: string;
  readonly platform_machine: string;
  readonly platform_python_implementation: string;
  readonly platform_release: string;
  readonly platform_system: string;
  readonly platform_version: string;
  readonly python_full_version: string;
  readonly python_version: string;
  readonly sys_platform: string;
}

/** What artifacts are chosen for: an interpreter on a platform, on this machine or another. */
export interface Target {
  /** Full version of the interpreter, `3.11.7`. */
  readonly pythonVersion: string;
  readonly implementation: "cpython" | "pypy" | "graalpy" | "other";
  /** Compatible wheel tags, best first. */
  readonly tags: readonly string[];
  readonly markers: MarkerEnvironment;
}
