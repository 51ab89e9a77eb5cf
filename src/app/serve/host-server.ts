import { isVenvoyError, printable, toolVersion, VenvoyError } from "../../base/index.ts";
import type { AttachLink, Event, Reporter } from "../../ports/index.ts";
import { methodUnknown, Params, Peer, paramsInvalid, peerLimits, type RequestId } from "../../rpc/index.ts";
import type { LaneLimits, PreparedFile, Session, SessionEvent, SharedArray, Value } from "../../session/index.ts";
import { check } from "../check/check.ts";
import { type Context, openContext, pathFrom } from "../context.ts";
import type { ChangeReport } from "../outcomes.ts";
import { openHostSession, withCwd } from "../session/open.ts";
import { type HostMethod, type HostMethods, type HostNotifications, hostMethods, protocolVersion } from "./protocol.ts";
import { bytesOf, fromWire, isShape, toWire, type WireArray, WireFault } from "./wire-values.ts";

interface Asked {
  readonly params: Params;
  readonly id: RequestId;
  readonly signal: AbortSignal;
}

type Answers = {
  readonly [M in HostMethod]: (asked: Asked) => Promise<HostMethods[M]["result"]>;
};

type OpenParams = HostMethods["open"]["params"];

/** A progress that goes on is told this often at most. */
const progressEveryMs = 100;
/** Text that nobody reads is not kept for ever: past this, what scripts print is left out. */
const mostUnread = 16 << 20;

/** One client: its session, and what goes back and forth. Everything of it ends with the link. */
export class HostServer {
  readonly #context: Context;
  readonly #peer: Peer;
  readonly #answers: Answers;
  readonly #arrays = new Map<string, SharedArray>();
  /** The request that each run was started by. */
  readonly #requests = new Map<string, RequestId>();
  readonly #toldAt = new Map<number, number>();
  #cwd: Context["system"]["cwd"];
  #session: Promise<Session> | undefined;
  /** The request that is being handed to the session right now. */
  #handing: RequestId | undefined;
  #canConfirm = false;

  constructor(outer: Context, attach: AttachLink) {
    this.#context = openContext(outer, { reporter: this.#reporter(), offline: outer.offline });
    this.#cwd = outer.system.cwd;
    this.#answers = this.#methods();
    this.#peer = new Peer(attach, {
      answer: (method, given, request) => this.#answer(method, given, request),
      notified: () => {},
    });
  }

  /** Settles when the client is gone and nothing of its session is left. */
  get closed(): Promise<void> {
    return this.#peer.closed.then(() => this.#close());
  }

  async close(): Promise<void> {
    await this.#peer.close();
    await this.#close();
  }

  async #answer(method: string, given: unknown, request: Pick<Asked, "id" | "signal">): Promise<unknown> {
    if (!Object.hasOwn(hostMethods, method)) throw methodUnknown(method);
    const known = method as HostMethod;
    const params = new Params(given, hostMethods[known]);
    try {
      return await this.#answers[known]({ ...request, params });
    } catch (error) {
      if (error instanceof WireFault) throw paramsInvalid(error.message);
      throw error;
    }
  }

  #methods(): Answers {
    return {
      initialize: async ({ params }) => this.#initialize(params),
      open: ({ params }) => this.#openAsked(params),
      run: async (asked) => {
        const { params, signal } = asked;
        const [file, args, stdin] = [params.text("file"), params.texts("args"), params.optionalText("stdin")];
        const session = await this.#opened();
        return this.#hand(asked, () => session.run(file, { args, signal, ...(stdin === undefined ? {} : { stdin }) }));
      },
      call: (asked) => this.#call(asked),
      evaluate: async (asked) => {
        const text = asked.params.text("text");
        const options = whereOf(asked);
        const session = await this.#opened();
        return this.#hand(asked, () => session.evaluate(text, options));
      },
      complete: async (asked) => {
        const text = asked.params.text("text");
        const cursor = asked.params.optionalNumber("cursor") ?? text.length;
        return (await this.#opened()).complete(text, cursor, whereOf(asked));
      },
      paths: async (asked) => (await this.#opened()).paths(whereOf(asked)),
      prepare: async ({ params, signal }) => {
        const files = await (await this.#opened()).prepare(params.texts("files"), { signal });
        return { files: files.map(preparedData) };
      },
      check: async ({ params, signal }) => {
        const context = { ...this.#context, system: withCwd(this.#context.system, this.#cwd) };
        return check(context, { files: params.texts("files"), signal });
      },
      lanes: async () => ({ lanes: (await this.#opened()).lanes() }),
      restart: async ({ params }) => {
        const lane = params.text("lane");
        await (await this.#opened()).restart(lane);
        return null;
      },
      array: ({ params }) => this.#array(params),
      release: async ({ params }) => {
        const file = params.text("file");
        await this.#held(file).release();
        this.#arrays.delete(file);
        return null;
      },
      close: async () => {
        await this.#close();
        return null;
      },
    };
  }

  #initialize(params: Params): HostMethods["initialize"]["result"] {
    const wanted = params.optionalNumber("protocol") ?? protocolVersion;
    params.optionalText("client");
    const capabilities = new Params(params.map("capabilities"), ["confirm"]);
    if (wanted !== protocolVersion)
      throw paramsInvalid(`this venvoy speaks protocol ${protocolVersion}, and not ${wanted}`);
    this.#canConfirm = capabilities.optionalTruth("confirm") ?? false;
    return {
      name: "venvoy",
      version: toolVersion,
      protocol: protocolVersion,
      methods: Object.keys(hostMethods),
      limits: { messageBytes: peerLimits.message, requests: peerLimits.requests },
    };
  }

  async #openAsked(params: Params): Promise<HostMethods["open"]["result"]> {
    if (this.#session !== undefined)
      throw new VenvoyError("ARGUMENT_INVALID", "The session is open already", {
        hint: "open it before anything else, or after close",
      });
    const [cwd, environment] = [params.optionalText("cwd"), params.optionalText("environment")];
    const profile = params.optionalText("profile");
    const spares = params.optionalTruth("spares");
    const limits = limitsOf(params.map("limits"));
    if (cwd !== undefined) this.#cwd = pathFrom(this.#context, cwd);
    this.#open({
      ...(environment === undefined ? {} : { environment }),
      ...(profile === undefined ? {} : { profile }),
      ...(spares === undefined ? {} : { spares }),
      ...(limits === undefined ? {} : { limits }),
    });
    await this.#session;
    return { cwd: this.#cwd };
  }

  #opened(): Promise<Session> {
    return this.#session ?? this.#open({});
  }

  #open(params: Omit<OpenParams, "cwd">): Promise<Session> {
    const opening = openHostSession(this.#context, {
      ...params,
      cwd: this.#cwd,
      onEvent: (event) => this.#tellOf(event),
      ...(this.#canConfirm ? { confirm: (change: ChangeReport) => this.#confirm(change) } : {}),
    });
    this.#session = opening;
    opening.catch(() => {
      if (this.#session === opening) this.#session = undefined;
    });
    return opening;
  }

  /** A client that is gone, or can't answer, has not agreed. */
  async #confirm(change: ChangeReport): Promise<boolean> {
    try {
      const answer = await this.#peer.request("confirm", { change });
      return typeof answer === "object" && answer !== null && "agreed" in answer && answer.agreed === true;
    } catch (error) {
      const text = `nobody agreed, because \`confirm\` failed: ${printable(error instanceof Error ? error.message : "")}`;
      this.#tell("log", { type: "notice", level: "warn", code: "RPC_REFUSED", text });
      return false;
    }
  }

  async #call(asked: Asked): Promise<HostMethods["call"]["result"]> {
    const { params } = asked;
    const target = params.text("target");
    const options = whereOf(asked);
    const hold = (place: { readonly file: string }, isWritable: boolean): SharedArray => {
      const held = this.#held(place.file);
      return isWritable ? held.writable() : held;
    };
    const values = params.list("values").map((one) => fromWire(one, hold));
    const named = Object.fromEntries(
      Object.entries(params.map("named")).map(([name, one]) => [name, fromWire(one, hold)]),
    );
    const session = await this.#opened();
    const value = await this.#hand(asked, () => session.call(target, values, { ...options, named }));
    this.#keepArrays(value);
    return { value: toWire(value) };
  }

  async #array(params: Params): Promise<HostMethods["array"]["result"]> {
    const [bytes, dtype, shape] = [bytesOf(params.any("base64")), params.text("dtype"), params.list("shape")];
    if (!isShape(shape)) throw paramsInvalid("`shape` must be a list of whole numbers");
    const array = await (await this.#opened()).array(bytes, { dtype, shape });
    this.#keepArrays(array);
    return { value: toWire(array) as WireArray };
  }

  #held(file: string): SharedArray {
    const held = this.#arrays.get(file);
    if (held === undefined) throw paramsInvalid("there is no such array; it was released, or is of another session");
    return held;
  }

  #keepArrays(value: Value): void {
    if (value === null || typeof value !== "object" || value instanceof Uint8Array) return;
    if (isArray(value)) {
      const before = this.#arrays.get(value.place.file);
      this.#arrays.set(value.place.file, value);
      // One hold for each file is enough.
      if (before !== undefined) void before.release().catch(() => {});
      return;
    }
    for (const one of Object.values(value)) this.#keepArrays(one as Value);
  }

  /** A session says of a run that it waits before it does anything else: so its events know their request. */
  #hand<T>({ id }: Asked, start: () => Promise<T>): Promise<T> {
    this.#handing = id;
    try {
      return start();
    } finally {
      this.#handing = undefined;
    }
  }

  #tellOf(event: SessionEvent): void {
    if (event.type === "run:waiting" && this.#handing !== undefined) this.#requests.set(event.run, this.#handing);
    const request = "run" in event && event.run !== undefined ? this.#requests.get(event.run) : undefined;
    const told = { ...event, ...(request === undefined ? {} : { request }) };
    switch (told.type) {
      case "stdout":
      case "stderr":
        if (this.#peer.unread < mostUnread) this.#tell("output", told);
        break;
      case "notice":
        this.#tell("log", told);
        break;
      case "run:waiting":
      case "run:started":
      case "run:ended":
        this.#tell("run", told);
        break;
      default:
        this.#tell("lane", told);
    }
    if (event.type === "run:ended") this.#requests.delete(event.run);
  }

  #tell<N extends keyof HostNotifications>(method: N, params: HostNotifications[N]): void {
    this.#peer.notify(method, params);
  }

  #reporter(): Reporter {
    let next = 0;
    return { nextOp: () => ++next, emit: (event) => this.#tellProgress(event) };
  }

  #tellProgress(event: Event): void {
    if (event.type === "notice") {
      this.#tell("log", event);
      return;
    }
    if (event.type === "op:end") this.#toldAt.delete(event.id);
    if (event.type === "op:progress") {
      const now = this.#context.clock.elapsed();
      if (now - (this.#toldAt.get(event.id) ?? Number.NEGATIVE_INFINITY) < progressEveryMs) return;
      this.#toldAt.set(event.id, now);
    }
    if (this.#peer.unread < mostUnread) this.#tell("progress", event);
  }

  async #close(): Promise<void> {
    const open = this.#session;
    this.#session = undefined;
    this.#arrays.clear();
    await open?.then(
      (session) => session.close(),
      () => {},
    );
  }
}

function isArray(value: object): value is SharedArray {
  return "place" in value && "writable" in value && typeof value.writable === "function";
}

function whereOf({ params, signal }: Asked) {
  const given = (["script", "environment", "lane"] as const).map((name) => [name, params.optionalText(name)] as const);
  return { ...Object.fromEntries(given.filter(([, text]) => text !== undefined)), signal };
}

function limitsOf(given: Readonly<Record<string, unknown>>): Partial<LaneLimits> | undefined {
  const names = ["idleMs", "memoryBytes", "lanes", "graceMs"] as const;
  const params = new Params(given, names);
  const found = names.map((name) => [name, params.optionalNumber(name)] as const).filter(([, n]) => n !== undefined);
  return found.length === 0 ? undefined : (Object.fromEntries(found) as Partial<LaneLimits>);
}

function preparedData(prepared: PreparedFile): PreparedFile {
  const { error } = prepared;
  return error === undefined ? prepared : { ...prepared, error: isVenvoyError(error) ? error.toJSON() : String(error) };
}
