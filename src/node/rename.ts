import { renameSync } from "node:fs";
import { hasCode } from "../base/index.ts";
import { sleep } from "./clock.ts";
import { isWindows } from "./platform.ts";

/** Renames; on Windows tries again for two seconds while a virus scanner or indexer holds the file open. */
export async function renameRetrying(from: string, to: string): Promise<void> {
  for (let delayMs = 10; ; delayMs *= 2) {
    try {
      return renameSync(from, to);
    } catch (error) {
      if (!isWindows || delayMs > 1_000 || !hasCode(error, "EPERM", "EACCES", "EBUSY")) throw error;
    }
    await sleep(delayMs);
  }
}
