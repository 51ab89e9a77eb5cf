import type { TestProject } from "vitest/node";
import { installWindows } from "./machine.ts";
import { buildBinary, isInstalled, windowsBinary, windowsBun, windowsPython } from "./parts.ts";

/** Fetches and builds what the suite runs on, once for all files. What can't be had is named, and its tests are skipped. */
export async function setup(project: TestProject): Promise<(() => void) | undefined> {
  const say = (text: string): void => void process.stderr.write(`  ${text}\n`);
  if (!isInstalled("wine") || !isInstalled("wineserver")) {
    say("skipped: wine is not on this machine");
    project.provide("windows", undefined);
    return undefined;
  }
  buildBinary();
  const python = windowsPython();
  if ("missing" in python) say(`skipped, what needs Python: ${python.missing}`);
  const { prefix, remove } = installWindows();
  project.provide("windows", {
    prefix,
    binary: windowsBinary,
    bun: windowsBun(),
    ...("directory" in python ? { python: python.directory } : {}),
  });
  return remove;
}
