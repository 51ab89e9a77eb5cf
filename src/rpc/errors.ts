import { type ErrorCode, errorCodes, isVenvoyError, printable, VenvoyError } from "../base/index.ts";
import { type RpcErrorData, rpcCodes } from "./message.ts";

/** Thrown by whoever answers requests, to answer with this very error. */
export class RpcFault extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export function paramsInvalid(why: string): RpcFault {
  return new RpcFault(rpcCodes.params, why);
}

export function methodUnknown(method: string): RpcFault {
  return new RpcFault(rpcCodes.method, `there is no method \`${printable(method)}\``);
}

/** What is answered when answering a request failed. */
export function errorDataOf(error: unknown): RpcErrorData {
  if (error instanceof RpcFault) return { code: error.code, message: error.message };
  if (isVenvoyError(error)) {
    const code = error.code === "ABORTED" ? rpcCodes.cancelled : rpcCodes.failure;
    const { message, ...data } = error.toJSON();
    return { code, message: String(message), data };
  }
  if (error instanceof Error && error.name === "AbortError")
    return { code: rpcCodes.cancelled, message: "the request was cancelled", data: { code: "ABORTED" } };
  return { code: rpcCodes.internal, message: error instanceof Error ? error.message : String(error) };
}

/** The same failure on this side of the line. */
export function errorOf({ code, message, data }: RpcErrorData): VenvoyError {
  const told = typeof data === "object" && data !== null ? (data as Readonly<Record<string, unknown>>) : {};
  const named = told["code"];
  const hint = told["hint"];
  const facts = told["data"];
  const options = {
    ...(typeof hint === "string" ? { hint } : {}),
    data: typeof facts === "object" && facts !== null ? { ...facts } : {},
  };
  if (typeof named === "string" && isCode(named)) return new VenvoyError(named, message, options);
  return new VenvoyError("RPC_REFUSED", message, { data: { code } });
}

export function linkEnded(): VenvoyError {
  return new VenvoyError("RPC_ENDED", "The program on the other side is gone", { hint: "connect again" });
}

function isCode(name: string): name is ErrorCode {
  return Object.hasOwn(errorCodes, name);
}
