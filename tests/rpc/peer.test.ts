import { expect, test } from "vitest";
import type { AttachLink, LinkListener } from "../../src/ports/index.ts";
import { Params, Peer, type PeerSetup } from "../../src/rpc/index.ts";
import { randomFrom } from "../kit/random.ts";

/** A peer whose other side is the test: what it is sent, and what it sends. */
function open(setup: Partial<PeerSetup> = {}) {
  let listener: LinkListener | undefined;
  const sent: Record<string, unknown>[] = [];
  const pauses: boolean[] = [];
  let take: (() => void) | undefined;
  const taken: (() => void)[] = [];
  const attach: AttachLink = (given) => {
    listener = given;
    return {
      send: (bytes) => {
        for (const line of new TextDecoder().decode(bytes).trimEnd().split("\n")) sent.push(JSON.parse(line));
        return take === undefined ? Promise.resolve() : new Promise((resolve) => taken.push(resolve));
      },
      pause: (isPaused) => pauses.push(isPaused),
      close: async () => {},
    };
  };
  const peer = new Peer(attach, {
    answer: async (method) => ({ method }),
    notified: () => {},
    ...setup,
  });
  const give = async (...pieces: readonly (string | Uint8Array | object)[]): Promise<void> => {
    for (const piece of pieces) {
      const bytes =
        piece instanceof Uint8Array
          ? piece
          : new TextEncoder().encode(typeof piece === "string" ? piece : `${JSON.stringify(piece)}\n`);
      listener?.data(bytes);
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  return {
    peer,
    sent,
    pauses,
    give,
    end: () => listener?.ended(),
    hold: () => {
      take = () => {};
    },
    take: () => {
      for (const one of taken.splice(0)) one();
    },
  };
}

const codes = (sent: readonly Record<string, unknown>[]) =>
  sent.map(({ id, error }) => [id, (error as { code: number } | undefined)?.code]);

test("what is no message is answered with its number, and the next one as if nothing had been", async () => {
  const t = open();
  const deep = "[".repeat(100_000);
  await t.give(
    "nonsense\n",
    "{\n",
    "\n \r\n",
    "null\n",
    "[]\n",
    '[{"jsonrpc":"2.0","id":1,"method":"a"}]\n',
    { jsonrpc: "1.0", id: 2, method: "a" },
    { jsonrpc: "2.0", id: 3 },
    { jsonrpc: "2.0", id: 4, method: 5 },
    { jsonrpc: "2.0", id: { no: 1 }, method: "a" },
    { jsonrpc: "2.0", id: 1.5, method: "a" },
    { jsonrpc: "2.0", id: null, method: "a" },
    { jsonrpc: "2.0", id: 5, error: "no" },
    { jsonrpc: "2.0", id: 6, result: "nobody asked" },
    new Uint8Array([0xff, 0xfe, 0x00, 0x0a]),
    `${deep}\n`,
    `{"jsonrpc":"2.0","id":7,"method":"a","params":${deep}}\n`,
    { jsonrpc: "2.0", id: "8", method: "a" },
  );
  expect(codes(t.sent)).toEqual([
    [null, -32700],
    [null, -32700],
    [null, -32600],
    [null, -32600],
    [null, -32600],
    [2, -32600],
    [null, -32600],
    [4, -32600],
    [null, -32600],
    [null, -32600],
    [null, -32600],
    [null, -32600],
    [null, -32700],
    [null, -32600],
    [null, -32600],
    ["8", undefined],
  ]);
});

test("pieces become messages wherever they are cut; a message that is too long is told once and skipped to its end", async () => {
  const t = open({ limits: { message: 100 } });
  const text = new TextEncoder().encode(
    '{"jsonrpc":"2.0","id":1,"method":"größe"}\r\n{"jsonrpc":"2.0","id":2,"method":"b"}\n',
  );
  for (const byte of text) await t.give(new Uint8Array([byte]));
  expect(t.sent.map(({ result }) => result)).toEqual([{ method: "größe" }, { method: "b" }]);
  t.sent.length = 0;
  await t.give("x".repeat(101), "y".repeat(1000), `${"z".repeat(5000)}\n`, { jsonrpc: "2.0", id: 3, method: "c" });
  expect(codes(t.sent)).toEqual([
    [null, -32600],
    [3, undefined],
  ]);
  // Half a message, and the other side is gone: nothing comes of it.
  t.sent.length = 0;
  await t.give('{"jsonrpc":"2.0","id":4,');
  t.end();
  await t.peer.closed;
  expect(t.sent).toEqual([]);
});

test("requests are cancelled by id, refused under an id that goes on and when there are too many", async () => {
  const stopped: unknown[] = [];
  const t = open({
    limits: { requests: 2 },
    answer: (_method, _params, { id, signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          stopped.push(id);
          reject(signal.reason);
        });
      }),
  });
  const request = (id: unknown) => ({ jsonrpc: "2.0", id, method: "wait" });
  const cancel = (params: unknown) => ({ jsonrpc: "2.0", method: "$/cancelRequest", params });
  await t.give(request(1), request("1"), request(1), request(2));
  expect(codes(t.sent)).toEqual([
    [null, -32600],
    [2, -32003],
  ]);
  t.sent.length = 0;
  await t.give(cancel({ id: 3 }), cancel(null), cancel([1]), cancel({ id: "1" }));
  expect(stopped).toEqual(["1"]);
  expect(codes(t.sent)).toEqual([["1", -32800]]);
  t.end();
  await t.peer.closed;
  expect(stopped).toEqual(["1", 1]);
});

test("who sends and doesn't read isn't read from", async () => {
  const t = open({ limits: { unread: 1000 }, answer: async () => "x".repeat(600) });
  t.hold();
  await t.give({ jsonrpc: "2.0", id: 1, method: "a" });
  expect(t.pauses).toEqual([]);
  await t.give({ jsonrpc: "2.0", id: 2, method: "a" });
  expect(t.pauses).toEqual([true]);
  t.take();
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(t.pauses).toEqual([true, false]);
});

test("requests to the other side: answers, failures with their code, and its going away", async () => {
  const t = open();
  const first = t.peer.request("confirm", { a: 1 });
  await t.give();
  expect(t.sent).toEqual([{ jsonrpc: "2.0", id: 1, method: "confirm", params: { a: 1 } }]);
  await t.give({ jsonrpc: "2.0", id: 1, result: true });
  expect(await first).toBe(true);
  const second = t.peer.request("confirm", {});
  second.catch(() => {});
  await t.give({
    jsonrpc: "2.0",
    id: 2,
    error: { code: -32000, message: "No", data: { code: "ENV_UNKNOWN", hint: "venvoy list" } },
  });
  await expect(second).rejects.toMatchObject({ code: "ENV_UNKNOWN", message: "No", hint: "venvoy list" });
  const third = t.peer.request("confirm", {});
  third.catch(() => {});
  const fourth = t.peer.request("confirm", {});
  await t.give({ jsonrpc: "2.0", id: 3, error: { code: -32601, message: "what" } });
  await expect(third).rejects.toMatchObject({ code: "RPC_REFUSED" });
  t.end();
  await expect(fourth).rejects.toMatchObject({ code: "RPC_ENDED" });
});

const random = randomFrom();

test(`100 streams of broken messages (seed ${random.seed}): every whole request is answered once, and nothing throws`, async () => {
  for (let round = 0; round < 100; round++) {
    const t = open({ limits: { message: 4096 } });
    const asked: number[] = [];
    for (let id = 1; id <= 10; id++) {
      const good = new TextEncoder().encode(
        `${JSON.stringify({ jsonrpc: "2.0", id, method: "a", params: { text: "ä\n" } })}\n`,
      );
      const kind = random.below(4);
      if (kind === 0) {
        const noise = Uint8Array.from({ length: random.below(200) }, () => random.below(256));
        await t.give(noise, "\n");
      } else if (kind === 1) await t.give(good.subarray(0, random.below(good.byteLength - 1)), "\n");
      else {
        asked.push(id);
        const cut = random.below(good.byteLength);
        await t.give(good.subarray(0, cut), good.subarray(cut));
      }
    }
    const answered = t.sent.filter(({ result }) => result !== undefined).map(({ id }) => id);
    expect(answered, `round ${round}`).toEqual(asked);
    expect(t.sent.every(({ result, error }) => (result === undefined) !== (error === undefined))).toBe(true);
  }
});

test("parameters: each kind is checked, and names that nobody knows are told", () => {
  const params = new Params({ text: "a", count: 3, list: ["x"], none: null }, ["text", "count", "list", "none"]);
  expect([params.text("text"), params.number("count"), params.texts("list"), params.optionalText("none")]).toEqual([
    "a",
    3,
    ["x"],
    undefined,
  ]);
  const faults = [
    () => new Params([], []),
    () => new Params("a", []),
    () => new Params({ nme: 1 }, ["name"]),
    () => new Params(JSON.parse('{"__proto__":1}'), ["name"]),
    () => params.text("none"),
    () => params.text("count"),
    () => params.number("text"),
    () => params.texts("text"),
    () => params.map("list"),
  ].map((read) => {
    try {
      read();
      return undefined;
    } catch (error) {
      return (error as { code?: number }).code;
    }
  });
  expect(faults).toEqual(faults.map(() => -32602));
});
