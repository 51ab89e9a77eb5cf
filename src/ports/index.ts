/**
 * ports: what venvoy asks of the outside world, as interfaces. `node/` implements them; `tests/kit` has the memory
 * forms; `tests/contract` runs one suite on both. Invariants: interfaces and the `inOp` bracket only, no I/O.
 */

export type { ArchiveForm, ArchiveMember, ArchivePlan } from "./archive.ts";
export type { Clock } from "./clock.ts";
export type { Event, OpId, OpKind, OpStart, Reporter } from "./event.ts";
export { inOp, silentReporter } from "./event.ts";
export type {
  CopiedFile,
  CopyPlan,
  DirEntry,
  FileInfo,
  FileKind,
  FileWriter,
  Fs,
  FsLock,
  LinkMode,
  LinkTreePlan,
  ListedPaths,
  LockRequest,
  NamedPaths,
  PathStyle,
  ScannedEntry,
} from "./fs.ts";
export type { Http, HttpFaultCode, HttpRequest, HttpResponse, HttpRoute } from "./http.ts";
export type { AttachLink, Link, LinkListener, Links } from "./link.ts";
export type { Ports } from "./ports.ts";
export type {
  Environ,
  OpenListener,
  OpenProgram,
  Proc,
  ProcRequest,
  ProcResult,
  StartRequest,
  StartResult,
} from "./proc.ts";
export type { Credentials, Secrets } from "./secrets.ts";
export type { System } from "./system.ts";
export type { Terminal } from "./terminal.ts";
export type { Typed, TypedLines, TypedLinesOptions } from "./typed-lines.ts";
export type { HashName, PackedEntry, UnpackFile, UnpackPlan } from "./unpack.ts";
