/** Names a request; the answer carries the same. */
export type RequestId = string | number;

export interface Request {
  readonly kind: "request";
  readonly id: RequestId;
  readonly method: string;
  readonly params: unknown;
}

interface Notification {
  readonly kind: "notification";
  readonly method: string;
  readonly params: unknown;
}

export interface Answer {
  readonly kind: "answer";
  readonly id: RequestId;
  readonly outcome: { readonly result: unknown } | { readonly error: RpcErrorData };
}

/** The `error` of an answer. */
export interface RpcErrorData {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** A line that is no message: what to answer, and to whom as far as that can be told. */
interface Fault {
  readonly kind: "fault";
  readonly id: RequestId | null;
  readonly error: RpcErrorData;
}

/** The numbers of JSON-RPC 2.0, of the language server protocol where that has one, and our own. */
export const rpcCodes = {
  parse: -32700,
  request: -32600,
  method: -32601,
  params: -32602,
  internal: -32603,
  /** A failure that a person can meet; `data` has its code, hint and facts. */
  failure: -32000,
  /** More requests at once than are taken. */
  busy: -32003,
  cancelled: -32800,
} as const;

/** JSON is nested this deep at most: values may be nested 200 deep, and the messages around them need a few. */
const deepest = 250;
const longestName = 256;

export type Message = Request | Notification | Answer | Fault;

/** Reads one line. Never throws. */
export function parseMessage(line: Uint8Array): Message {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(line);
  } catch {
    return fault(null, rpcCodes.parse, "the message is not UTF-8");
  }
  if (isTooDeep(text)) return fault(null, rpcCodes.request, `the message is nested more than ${deepest} deep`);
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 200) : "";
    return fault(null, rpcCodes.parse, `the message is not JSON: ${why}`);
  }
  return shaped(found);
}

function shaped(found: unknown): Message {
  if (Array.isArray(found)) return fault(null, rpcCodes.request, "several messages in one array are not taken");
  if (typeof found !== "object" || found === null) return fault(null, rpcCodes.request, "a message is an object");
  const { jsonrpc, id, method, params, result, error } = found as Readonly<Record<string, unknown>>;
  const known = isId(id) ? id : null;
  if (jsonrpc !== "2.0") return fault(known, rpcCodes.request, '`jsonrpc` must be "2.0"');
  if (method !== undefined) {
    if (typeof method !== "string" || method.length > longestName)
      return fault(known, rpcCodes.request, "`method` must be a name");
    if (id === undefined) return { kind: "notification", method, params };
    if (!isId(id))
      return fault(null, rpcCodes.request, "`id` must be a whole number, or a text of at most 256 characters");
    return { kind: "request", id, method, params };
  }
  if (!isId(id)) return fault(null, rpcCodes.request, "a message has a `method`, or the `id` of what it answers");
  if (isErrorData(error)) return { kind: "answer", id, outcome: { error } };
  if (result !== undefined) return { kind: "answer", id, outcome: { result } };
  return fault(null, rpcCodes.request, "an answer has a `result` or an `error`");
}

function isErrorData(value: unknown): value is RpcErrorData {
  if (typeof value !== "object" || value === null) return false;
  const { code, message } = value as Readonly<Record<string, unknown>>;
  return typeof code === "number" && typeof message === "string";
}

function isId(value: unknown): value is RequestId {
  return typeof value === "string" ? value.length <= longestName : Number.isSafeInteger(value);
}

function fault(id: RequestId | null, code: number, message: string): Fault {
  return { kind: "fault", id, error: { code, message } };
}

/** Counted before anything is parsed, because parsers recurse. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at++) {
    const one = text.charCodeAt(at);
    if (inText) {
      if (one === 0x5c) at++;
      else if (one === 0x22) inText = false;
    } else if (one === 0x22) inText = true;
    else if (one === 0x5b || one === 0x7b) {
      if (++depth > deepest) return true;
    } else if (one === 0x5d || one === 0x7d) depth--;
  }
  return false;
}
