import { isBun } from "./platform.ts";

/** The few names of Bun's collector that are used here. */
interface BunCollector {
  readonly gc: (wait: boolean) => void;
}

/** A collection takes some milliseconds; so many bytes take a tenth of a second and more to come. */
const bytesBetween = 16 << 20;
let sinceLast = 0;

/**
 * Says that so many bytes of bodies were handed out. They lie outside of the heap whose growth makes Bun's engine collect, so
 * that hundreds of megabytes of them would pass before it does: it is told to. Node counts them itself.
 */
export function countBody(bytes: number): void {
  if (!isBun) return;
  sinceLast += bytes;
  if (sinceLast < bytesBetween) return;
  sinceLast = 0;
  (globalThis as unknown as { readonly Bun: BunCollector }).Bun.gc(true);
}
