import { VenvoyError } from "../../base/index.ts";
import type { AttachLink, Links, Ports } from "../../ports/index.ts";
import { methodUnknown, Peer } from "../../rpc/index.ts";
import { SharedArray, type Value } from "../../session/index.ts";
import type { ClientMethods, HostMethod, HostMethods, HostNotifications } from "./protocol.ts";
import { fromWire, toWire } from "./wire-values.ts";

/** Something that the server tells. */
export type HostNotice = {
  [N in keyof HostNotifications]: { readonly method: N; readonly params: HostNotifications[N] };
}[keyof HostNotifications];

export interface HostClientOptions {
  /** Hears output, runs, lanes, progress and log, in order. */
  readonly onNotice?: (notice: HostNotice) => void;
  /**
   * Asked before an environment is made or changed; left out, nothing is asked. `request` is that of the notices of the call
   * which needs it.
   */
  readonly confirm?: (
    change: ClientMethods["confirm"]["params"]["change"],
    asked: Pick<ClientMethods["confirm"]["params"], "request">,
  ) => boolean | Promise<boolean>;
}

interface Asking {
  /** Asks the server to stop it; the promise then throws `ABORTED`. */
  readonly signal?: AbortSignal;
  /** Hears what is told because of this call, and of nothing else. */
  readonly onNotice?: (notice: HostNotice) => void;
}

type Given<M extends HostMethod, Named extends string> = Omit<HostMethods[M]["params"], Named> & Asking;
type Result<M extends HostMethod> = Promise<HostMethods[M]["result"]>;

/** A talk with `venvoy host serve`: the methods of a session, in another process. */
export interface HostClient extends AsyncDisposable {
  /** What the server said of itself. */
  readonly server: HostMethods["initialize"]["result"];
  /** Any method as it is on the line. Throws the server's `VenvoyError`. */
  request<M extends HostMethod>(method: M, params: HostMethods[M]["params"], options?: Asking): Result<M>;
  open(params?: HostMethods["open"]["params"]): Result<"open">;
  run(file: string, params?: Given<"run", "file">): Result<"run">;
  call(
    target: string,
    values?: readonly Value[],
    params?: Omit<Given<"call", "target" | "values">, "named"> & { readonly named?: Readonly<Record<string, Value>> },
  ): Promise<Value>;
  evaluate(text: string, params?: Given<"evaluate", "text">): Result<"evaluate">;
  complete(text: string, cursor: number, params?: Given<"complete", "text" | "cursor">): Result<"complete">;
  paths(params?: Given<"paths", never>): Result<"paths">;
  prepare(files: readonly string[], options?: Asking): Promise<HostMethods["prepare"]["result"]["files"]>;
  check(files: readonly string[], options?: Asking): Result<"check">;
  lanes(): Promise<HostMethods["lanes"]["result"]["lanes"]>;
  restart(lane: string): Promise<void>;
  /** Puts an array into shared memory. */
  array(bytes: Uint8Array, shape: { readonly dtype: string; readonly shape: readonly number[] }): Promise<SharedArray>;
  /** Ends every lane, and the server where this client started it. */
  close(): Promise<void>;
}

/** Begins to talk with a server that a link leads to. */
export async function openHostClient(
  io: Pick<Ports, "fs">,
  attach: AttachLink,
  { onNotice, confirm }: HostClientOptions = {},
): Promise<HostClient> {
  const listeners = new Map<unknown, (notice: HostNotice) => void>();
  const peer = new Peer(attach, {
    answer: async (method, params) => {
      if (method !== "confirm" || confirm === undefined) throw methodUnknown(method);
      const { change, ...asked } = params as ClientMethods["confirm"]["params"];
      return { agreed: await confirm(change, asked) };
    },
    notified: (method, params) => {
      const notice = { method, params } as HostNotice;
      onNotice?.(notice);
      if ("request" in notice.params) listeners.get(notice.params.request)?.(notice);
    },
  });
  const request = async <M extends HostMethod>(
    method: M,
    params: HostMethods[M]["params"],
    { signal, onNotice: heard }: Asking = {},
  ): Result<M> => {
    let named: unknown;
    const sending = (id: unknown): void => {
      named = id;
      if (heard !== undefined) listeners.set(id, heard);
    };
    try {
      return (await peer.request(method, params, { sending, ...given({ signal }) })) as HostMethods[M]["result"];
    } finally {
      listeners.delete(named);
    }
  };
  const capabilities = { confirm: confirm !== undefined };
  const server = await request("initialize", { protocol: 1, client: "venvoy", capabilities });
  const hold = (place: ConstructorParameters<typeof SharedArray>[1]): SharedArray =>
    new SharedArray(io, place, { letGo: async () => void (await request("release", { file: place.file })) });
  return {
    server,
    request,
    open: (params = {}) => request("open", params),
    run: (file, { signal, onNotice: heard, ...params } = {}) =>
      request("run", { ...params, file }, given({ signal, onNotice: heard })),
    call: async (target, values = [], { signal, onNotice: heard, named = {}, ...where } = {}) => {
      const wire = Object.fromEntries(Object.entries(named).map(([name, value]) => [name, toWire(value)]));
      const params = { ...where, target, values: values.map((value) => toWire(value)), named: wire };
      return fromWire((await request("call", params, given({ signal, onNotice: heard }))).value, hold);
    },
    evaluate: (text, { signal, onNotice: heard, ...params } = {}) =>
      request("evaluate", { ...params, text }, given({ signal, onNotice: heard })),
    complete: (text, cursor, { signal, onNotice: heard, ...params } = {}) =>
      request("complete", { ...params, text, cursor }, given({ signal, onNotice: heard })),
    paths: ({ signal, onNotice: heard, ...params } = {}) =>
      request("paths", params, given({ signal, onNotice: heard })),
    prepare: async (files, options) => (await request("prepare", { files }, options)).files,
    check: (files, options) => request("check", { files }, options),
    lanes: async () => (await request("lanes", {})).lanes,
    restart: async (lane) => void (await request("restart", { lane })),
    array: async (bytes, { dtype, shape }) => {
      const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
      const { value } = await request("array", { base64, dtype, shape });
      return fromWire(value, hold) as SharedArray;
    },
    close: () => peer.close(),
    [Symbol.asyncDispose]: () => peer.close(),
  };
}

function given({ signal, onNotice }: { readonly [K in keyof Asking]: Asking[K] | undefined }): Asking {
  return { ...(signal === undefined ? {} : { signal }), ...(onNotice === undefined ? {} : { onNotice }) };
}

/** How a client finds its server. */
export interface HostPlace {
  /** Where `venvoy host serve --socket` listens; else a server is started, which ends with the client. */
  readonly socket?: string;
}

/** Calls a server, or starts one with `program` (the words that start venvoy). */
export async function attachHost(
  io: Pick<Ports, "fs" | "system"> & { readonly links: Links },
  { socket }: HostPlace,
  program: readonly [string, ...string[]],
): Promise<AttachLink> {
  const { fs, links, system } = io;
  if (socket === undefined) {
    const [first] = program;
    return links.start({ argv: [...program, "host", "serve"], env: system.env, cwd: system.cwd }).catch((cause) => {
      throw new VenvoyError("PROGRAM_NOT_STARTED", `\`${first}\` could not be started`, {
        hint: "give `program`: the words that start venvoy",
        cause,
      });
    });
  }
  const path = fs.path.resolve(system.cwd, socket);
  return links.connect(path).catch((cause) => {
    throw new VenvoyError("SOCKET_UNANSWERED", `Nobody listens on \`${path}\``, {
      hint: `venvoy host serve --socket ${path}`,
      cause,
    });
  });
}
