import { isVenvoyError, printable, toolVersion, VenvoyError } from "../../base/index.ts";
import { type AttachLink, type Reporter, silentReporter } from "../../ports/index.ts";
import { methodUnknown, Params, Peer, paramsInvalid, peerLimits, type RequestId } from "../../rpc/index.ts";
import type { LaneLimits, PreparedFile, Session, SharedArray } from "../../session/index.ts";
import { check } from "../check/check.ts";
import { type Context, openContext, pathFrom } from "../context.ts";
import { openHostSession, withCwd } from "../session/open.ts";
import type { ConfirmChange } from "../session/planner.ts";
import { HeldArrays } from "./held-arrays.ts";
import { Notices } from "./notices.ts";
import { type HostMethod, type HostMethods, hostMethods, protocolVersion } from "./protocol.ts";
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

/** One client: its session, and what goes back and forth. Everything of it ends with the link. */
export class HostServer {
  readonly #context: Context;
  readonly #peer: Peer;
  readonly #answers: Answers;
  readonly #notices: Notices;
  readonly #arrays = new HeldArrays();
  #cwd: Context["system"]["cwd"];
  #session: Promise<Session> | undefined;
  #canConfirm = false;

  constructor(outer: Context, attach: AttachLink) {
    const { nextOp } = silentReporter();
    const reporter: Reporter = { nextOp, emit: (event) => this.#notices.ofProgress(event) };
    this.#context = openContext(outer, { reporter, offline: outer.offline });
    this.#cwd = outer.system.cwd;
    this.#answers = this.#methods();
    this.#peer = new Peer(attach, {
      answer: (method, given, request) => this.#answer(method, given, request),
      notified: () => {},
    });
    this.#notices = new Notices(this.#peer, outer.clock);
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
      run: async ({ params, id: request, signal }) => {
        const [file, args, stdin] = [params.text("file"), params.texts("args"), params.optionalText("stdin")];
        const session = await this.#opened();
        return session.run(file, { args, signal, request, ...(stdin === undefined ? {} : { stdin }) });
      },
      call: (asked) => this.#call(asked),
      evaluate: async (asked) => {
        const text = asked.params.text("text");
        const options = whereOf(asked);
        const session = await this.#opened();
        return session.evaluate(text, options);
      },
      complete: async (asked) => {
        const text = asked.params.text("text");
        const cursor = asked.params.optionalNumber("cursor") ?? text.length;
        return (await this.#opened()).complete(text, cursor, whereOf(asked));
      },
      paths: async (asked) => (await this.#opened()).paths(whereOf(asked)),
      prepare: async ({ params, id: request, signal }) => {
        const files = await (await this.#opened()).prepare(params.texts("files"), { signal, request });
        return { files: files.map(preparedData) };
      },
      check: async ({ params, id, signal }) => {
        const reporter = this.#notices.reporter(this.#context.reporter, id);
        const context = { ...this.#context, reporter, system: withCwd(this.#context.system, this.#cwd) };
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
        await this.#arrays.release(params.text("file"));
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
      onEvent: (event) => this.#notices.ofSession(event),
      onProgress: (event) => this.#notices.ofProgress(event),
      ...(this.#canConfirm ? { confirm: this.#confirm } : {}),
    });
    this.#session = opening;
    opening.catch(() => {
      if (this.#session === opening) this.#session = undefined;
    });
    return opening;
  }

  /** A client that is gone, or can't answer, has not agreed. */
  readonly #confirm: ConfirmChange = async (change, { request }) => {
    const whose = request === undefined ? {} : { request };
    try {
      const answer = await this.#peer.request("confirm", { change, ...whose });
      return typeof answer === "object" && answer !== null && "agreed" in answer && answer.agreed === true;
    } catch (error) {
      const text = `nobody agreed, because \`confirm\` failed: ${printable(error instanceof Error ? error.message : "")}`;
      this.#notices.tell("log", { type: "notice", level: "warn", code: "RPC_REFUSED", text, ...whose });
      return false;
    }
  };

  async #call(asked: Asked): Promise<HostMethods["call"]["result"]> {
    const { params } = asked;
    const target = params.text("target");
    const options = whereOf(asked);
    const hold = (place: { readonly file: string }, isWritable: boolean): SharedArray => {
      const held = this.#arrays.find(place.file);
      return isWritable ? held.writable() : held;
    };
    const values = params.list("values").map((one) => fromWire(one, hold));
    const named = Object.fromEntries(
      Object.entries(params.map("named")).map(([name, one]) => [name, fromWire(one, hold)]),
    );
    const session = await this.#opened();
    const value = await session.call(target, values, { ...options, named });
    this.#arrays.keep(value);
    return { value: toWire(value) };
  }

  async #array(params: Params): Promise<HostMethods["array"]["result"]> {
    const [bytes, dtype, shape] = [bytesOf(params.any("base64")), params.text("dtype"), params.list("shape")];
    if (!isShape(shape)) throw paramsInvalid("`shape` must be a list of whole numbers");
    const array = await (await this.#opened()).array(bytes, { dtype, shape });
    this.#arrays.keep(array);
    return { value: toWire(array) as WireArray };
  }

  async #close(): Promise<void> {
    const open = this.#session;
    this.#session = undefined;
    this.#arrays.forget();
    await open?.then(
      (session) => session.close(),
      () => {},
    );
  }
}

function whereOf({ params, id: request, signal }: Asked) {
  const given = (["script", "environment", "lane"] as const).map((name) => [name, params.optionalText(name)] as const);
  return { ...Object.fromEntries(given.filter(([, text]) => text !== undefined)), signal, request };
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
