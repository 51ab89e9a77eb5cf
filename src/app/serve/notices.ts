import type { Clock, Event, Reporter } from "../../ports/index.ts";
import type { Peer, RequestId } from "../../rpc/index.ts";
import type { SessionEvent } from "../../session/index.ts";
import type { HostNotifications } from "./protocol.ts";

/** A progress that goes on is told this often at most. */
const progressEveryMs = 100;
/** Text that nobody reads is not kept for ever: past this, what scripts print is left out. */
const mostUnread = 16 << 20;

/** What a client is told without having asked. */
export class Notices {
  readonly #peer: Pick<Peer, "notify" | "unread">;
  readonly #clock: Clock;
  readonly #toldAt = new Map<number, number>();

  constructor(peer: Pick<Peer, "notify" | "unread">, clock: Clock) {
    this.#peer = peer;
    this.#clock = clock;
  }

  tell<N extends keyof HostNotifications>(method: N, params: HostNotifications[N]): void {
    this.#peer.notify(method, params);
  }

  ofSession(event: SessionEvent): void {
    switch (event.type) {
      case "stdout":
      case "stderr":
        if (this.#peer.unread < mostUnread) this.tell("output", event);
        break;
      case "notice":
        this.tell("log", event);
        break;
      case "run:waiting":
      case "run:started":
      case "run:ended":
        this.tell("run", event);
        break;
      default:
        this.tell("lane", event);
    }
  }

  ofProgress(event: Event & { readonly request?: RequestId }): void {
    if (event.type === "notice") {
      this.tell("log", event);
      return;
    }
    if (event.type === "op:end") this.#toldAt.delete(event.id);
    if (event.type === "op:progress") {
      const now = this.#clock.elapsed();
      if (now - (this.#toldAt.get(event.id) ?? Number.NEGATIVE_INFINITY) < progressEveryMs) return;
      this.#toldAt.set(event.id, now);
    }
    if (this.#peer.unread < mostUnread) this.tell("progress", event);
  }

  /** For what a request does outside the session. */
  reporter({ nextOp }: Pick<Reporter, "nextOp">, request: RequestId): Reporter {
    return { nextOp, emit: (event) => this.ofProgress({ ...event, request }) };
  }
}
