import { VenvoyError } from "../base/index.ts";
import type { RemoteError } from "./events.ts";

interface End {
  readonly lane: string;
  readonly what: string;
  readonly exit?: number | undefined;
  readonly signal?: string | undefined;
}

export function laneCrashed({ lane, what, exit, signal }: End): VenvoyError {
  const how = signal !== undefined ? `was ended by ${signal}` : `ended with status ${exit ?? "unknown"}`;
  return new VenvoyError("LANE_CRASHED", `The process that ran \`${what}\` ${how}`, {
    hint: "the next run gets a new process; other scripts in it have lost what they kept",
    data: { lane, exit, signal },
  });
}

export function laneOutOfMemory({ lane, what }: End, limitBytes: number): VenvoyError {
  return new VenvoyError("LANE_MEMORY", `The process that ran \`${what}\` grew past ${limitBytes >> 20} MiB`, {
    hint: "raise `limits.memoryBytes`, or give the script an `# async: true` line and so a process of its own",
    data: { lane, limitBytes },
  });
}

export function laneProtocol({ lane, what }: End, why: string): VenvoyError {
  return new VenvoyError("LANE_PROTOCOL", `The process that ran \`${what}\` wrote into its control channel: ${why}`, {
    hint: "something in the script writes to file descriptors that it has not opened",
    data: { lane },
  });
}

export function laneFault({ lane, what }: End, why: string): VenvoyError {
  return new VenvoyError("LANE_CRASHED", `The process could not run \`${what}\`: ${why}`, { data: { lane } });
}

export function aborted(what: string): VenvoyError {
  return new VenvoyError("ABORTED", `\`${what}\` was cancelled`);
}

export function sessionClosed(): VenvoyError {
  return new VenvoyError("SESSION_CLOSED", "The session is closed", { hint: "open another one" });
}

export function callFailed(target: string, error: RemoteError): VenvoyError {
  if (error.module === "venvoy_lane.values")
    return new VenvoyError(
      "VALUE_UNSUPPORTED",
      `\`${target}\` was given or returned ${error.message}, which can't go over`,
      {
        hint: "hand over JSON values, bytes, paths and NumPy arrays",
      },
    );
  return new VenvoyError(
    "CALL_FAILED",
    `\`${target}\` raised ${error.type}${error.message === "" ? "" : `: ${error.message}`}`,
    {
      data: { ...error },
    },
  );
}

export function valueUnsupported(what: string): VenvoyError {
  return new VenvoyError("VALUE_UNSUPPORTED", `${what} can't be handed to a lane`, {
    hint: "hand over JSON values, bytes, paths and NumPy arrays",
  });
}

export function tooLarge(what: string, cause: Error): VenvoyError {
  return new VenvoyError("VALUE_UNSUPPORTED", `What \`${what}\` is given is too large: ${cause.message}`, {
    hint: "hand over a file or a shared array; a message holds 16 MiB of text and 256 MiB of bytes",
    cause,
  });
}

export function arrayMismatch(given: number, wanted: number): VenvoyError {
  return new VenvoyError(
    "VALUE_UNSUPPORTED",
    `An array of that type and shape has ${wanted} bytes, and ${given} are given`,
    {
      hint: "give `dtype` as NumPy writes it (`<f8`, `|b1`) and the `shape`; Python objects can't be shared",
    },
  );
}

export function laneUnknown(lane: string): VenvoyError {
  return new VenvoyError("LANE_UNKNOWN", `The session has no process \`${lane}\``, {
    hint: "session.lanes() lists them",
  });
}
