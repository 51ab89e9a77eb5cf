import { fstatSync, statSync } from "node:fs";
import { devNull } from "node:os";
import { isWindows } from "./platform.ts";

const descriptors = { stdin: 0, stdout: 1, stderr: 2 } as const;
export type Stream = keyof typeof descriptors;

/**
 * Whether a stream of this process leads to a terminal. The runtime's streams know, but only to make one takes milliseconds:
 * what is a pipe, a file or the null device is seen without.
 */
export function isTerminal(stream: Stream): boolean {
  return (isWindows || isOtherDevice(descriptors[stream])) && process[stream].isTTY === true;
}

function isOtherDevice(descriptor: number): boolean {
  try {
    const stats = fstatSync(descriptor);
    return stats.isCharacterDevice() && stats.rdev !== statSync(devNull).rdev;
  } catch {
    // Closed; or there is no null device, and then the stream itself is asked.
    return true;
  }
}
