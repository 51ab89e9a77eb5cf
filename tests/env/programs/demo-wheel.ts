import type { WheelParts } from "../../kit/wheel.ts";

export const demoVersions = ["1.0", "2.0", "3.0", "4.0"] as const;

/** Big enough that a kill meets the middle of a build: 200 files that all say their version. */
export function demoWheel(version: string): WheelParts {
  const files: Record<string, string> = { "demo/__init__.py": `__version__ = "${version}"\n` };
  for (let index = 0; index < 200; index++) {
    files[`demo/part${index % 10}/m${index}.py`] = `version = "${version}"\n`;
  }
  return { files };
}
