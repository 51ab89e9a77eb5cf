/**
 * rpc: a talk with another program in JSON-RPC 2.0, one message per line. In: a link and who answers. Out: requests both
 * ways, notifications, cancelling. It knows nothing of what is talked about.
 * Invariants: whatever comes is answered as the standard says or passed over, and never throws; a message has a largest
 * size and depth; requests of one side that go on have a largest number; who doesn't read isn't read from.
 * Standards: JSON-RPC 2.0 without batches; `$/cancelRequest` and -32800 as in the language server protocol; newline-delimited JSON.
 */
export { methodUnknown, paramsInvalid } from "./errors.ts";
export type { RequestId } from "./message.ts";
export { Params } from "./params.ts";
export type { PeerSetup } from "./peer.ts";
export { Peer, peerLimits } from "./peer.ts";
