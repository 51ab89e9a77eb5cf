/** The tag in the names of bytecode files (`x.cpython-311.pyc`) that CPython `3.11.7` writes (PEP 3147). */
export function cacheTag(pythonVersion: string): string {
  const [major = "", minor = ""] = pythonVersion.split(".");
  return `cpython-${major}${minor}`;
}
