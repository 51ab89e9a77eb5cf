import type { Ports, Reporter } from "../ports/index.ts";

/** The ports that environments need. */
export type EnvIo = Pick<Ports, "fs" | "clock" | "system" | "proc"> & { readonly reporter: Reporter };
