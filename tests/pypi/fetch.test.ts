import { createHash, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { type AbsPath, absPath, SafeUrl } from "../../src/base/index.ts";
import type { WantedFile } from "../../src/pypi/index.ts";
import { bytesHandler, type hangUp, type IndexServer, indexServer, status, truncated } from "../kit/index-server.ts";
import type { MemoryPorts } from "../kit/memory-ports.ts";
import { wheel } from "../kit/wheel.ts";
import { clientOf, failure, io, newest, served } from "./setup.ts";

const content = randomBytes(300_000);
const sha256 = createHash("sha256").update(content).digest("hex");
const path = "/big";
const sink = absPath("/tmp/big.whl");

function wanted(server: IndexServer, more: Partial<WantedFile> = {}): WantedFile {
  const url = SafeUrl.parse(`${server.origin}${path}`);
  return { filename: "big-1.0-py3-none-any.whl", url, sha256: sha256 as NonNullable<WantedFile["sha256"]>, ...more };
}

async function ready(): Promise<MemoryPorts> {
  const ports = io();
  await ports.fs.makeDir(absPath("/tmp"));
  return ports;
}

async function bytesAt(ports: MemoryPorts, at: AbsPath): Promise<string> {
  return createHash("sha256")
    .update(await ports.fs.read(at))
    .digest("hex");
}

test("a file is written and hashed, and its progress is told", async () => {
  await using server = await indexServer({});
  server.on(path, bytesHandler(content));
  const ports = await ready();
  const fetched = await clientOf(ports, server).fetch(wanted(server), sink, { parent: 7 });
  expect(fetched).toEqual({ sha256, sizeBytes: content.length });
  expect(await bytesAt(ports, sink)).toBe(sha256);
  const { events } = ports.reporter;
  expect(events[0]).toMatchObject({ type: "op:start", kind: "fetch", parent: 7, label: "big-1.0-py3-none-any.whl" });
  expect(events.at(-2)).toMatchObject({ type: "op:progress", done: content.length });
  expect(events.at(-1)).toMatchObject({ type: "op:end", ok: true });
});

test("a download that is cut off goes on where it stopped", async () => {
  await using server = await indexServer({});
  server.on(path, truncated(content, 100_000), bytesHandler(content));
  const ports = await ready();
  await clientOf(ports, server).fetch(wanted(server), sink);
  expect(await bytesAt(ports, sink)).toBe(sha256);
  expect(server.requests[1]?.headers.range).toMatch(/^bytes=[1-9]\d*-$/);
});

test("it goes on even when it is cut off more often than failures are forgiven", async () => {
  await using server = await indexServer({});
  const parts = Array.from({ length: 8 }, (_, at) => at + 1);
  server.on(
    path,
    ...parts.map(
      (part) =>
        (request: Parameters<ReturnType<typeof hangUp>>[0], response: Parameters<ReturnType<typeof hangUp>>[1]) => {
          const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
          const total = content.length;
          const head =
            from === 0
              ? { "content-length": total }
              : { "content-length": total - from, "content-range": `bytes ${from}-${total - 1}/${total}` };
          response.writeHead(from === 0 ? 200 : 206, head);
          response.write(content.subarray(from, from + 20_000 + part), () =>
            setTimeout(() => response.socket?.destroy(), 10),
          );
        },
    ),
    bytesHandler(content),
  );
  const ports = await ready();
  await clientOf(ports, server, { retries: 1 }).fetch(wanted(server), sink);
  expect(await bytesAt(ports, sink)).toBe(sha256);
});

test("two halves of different files are noticed, and the whole is fetched once more", async () => {
  await using server = await indexServer({});
  server.on(path, truncated(randomBytes(300_000), 100_000), bytesHandler(content), bytesHandler(content));
  const ports = await ready();
  await clientOf(ports, server).fetch(wanted(server), sink);
  expect(await bytesAt(ports, sink)).toBe(sha256);
  expect(server.requests[2]?.headers.range).toBeUndefined();
});

test("a server that answers the rest with the whole is understood", async () => {
  await using server = await indexServer({});
  server.on(path, truncated(content, 100_000), bytesHandler(content, { ranges: false }));
  const ports = await ready();
  await clientOf(ports, server).fetch(wanted(server), sink);
  expect(await bytesAt(ports, sink)).toBe(sha256);
});

test("a wrong digest is told, and nothing is left behind", async () => {
  await using server = await indexServer({});
  server.on(path, bytesHandler(randomBytes(1_000)));
  const ports = await ready();
  expect(await failure(clientOf(ports, server).fetch(wanted(server), sink))).toMatchObject({ code: "DIGEST_MISMATCH" });
  expect(await ports.fs.info(sink)).toBeUndefined();
});

test("an endless answer ends at the size that was promised", async () => {
  await using server = await indexServer({});
  server.on(path, (_request, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
    };
    response.on("drain", more);
    more();
  });
  const ports = await ready();
  const file = wanted(server, { sizeBytes: 1_000 });
  expect(await failure(clientOf(ports, server).fetch(file, sink))).toMatchObject({ code: "DIGEST_MISMATCH" });
});

test("cancelling stops the download and leaves nothing behind", async () => {
  await using server = await indexServer({});
  const controller = new AbortController();
  server.on(path, (_request, response) => {
    response.writeHead(200, { "content-length": content.length });
    response.write(content.subarray(0, 1_000), () => controller.abort());
  });
  const ports = await ready();
  const fetching = clientOf(ports, server).fetch(wanted(server), sink, { signal: controller.signal });
  expect(await failure(fetching)).toMatchObject({ code: "ABORTED" });
  expect(await ports.fs.info(sink)).toBeUndefined();
});

test("one of two callers may cancel; when both do, the request ends", async () => {
  await using server = await indexServer({ demo: [served("demo", "1.0")] });
  const both = [new AbortController(), new AbortController()] as const;
  const arrived = new Promise<void>((resolve) => {
    server.on(
      "/simple/demo/",
      () => resolve(),
      (request, response) => server.serve(request, response),
    );
  });
  const client = clientOf(io(), server);
  const asked = both.map(({ signal }) => failure(client.listing("demo" as never, signal)));
  await arrived;
  both[0].abort();
  expect(await asked[0]).toMatchObject({ code: "ABORTED" });
  both[1].abort();
  expect(await asked[1]).toMatchObject({ code: "ABORTED" });
  expect((await newest(client, "demo")).filename).toBe("demo-1.0-py3-none-any.whl");
});

test("offline nothing is fetched", async () => {
  await using server = await indexServer({});
  const ports = await ready();
  const offline = clientOf(ports, server, { offline: true });
  expect(await failure(offline.fetch(wanted(server), sink))).toMatchObject({ code: "OFFLINE_MISSING" });
  expect(server.requests).toEqual([]);
});

test("files from the disk are copied and checked the same way", async () => {
  const ports = await ready();
  const file = absPath("/tmp/a folder/big 100%.whl");
  await ports.fs.makeDir(absPath("/tmp/a folder"));
  await ports.fs.write(file, content);
  const url = SafeUrl.parse("file:///tmp/a%20folder/big%20100%25.whl");
  const client = clientOf(ports, undefined, { offline: true });
  await client.fetch({ filename: "big.whl", url, sha256: sha256 as NonNullable<WantedFile["sha256"]> }, sink);
  expect(await bytesAt(ports, sink)).toBe(sha256);
  await ports.fs.write(file, "other bytes");
  const again = client.fetch({ filename: "big.whl", url, sha256: sha256 as NonNullable<WantedFile["sha256"]> }, sink);
  expect(await failure(again)).toMatchObject({ code: "DIGEST_MISMATCH" });
  const absent = client.fetch({ filename: "x.whl", url: SafeUrl.parse("file:///tmp/none.whl") }, sink);
  expect(await failure(absent)).toMatchObject({ code: "FILE_UNREADABLE" });
});

test("a file that is gone says so", async () => {
  await using server = await indexServer({});
  server.on(path, status(404));
  const ports = await ready();
  const gone = await failure(clientOf(ports, server).fetch(wanted(server), sink));
  expect(gone).toMatchObject({ code: "INDEX_UNREACHABLE", message: expect.stringContaining("does not exist") });
});

test("a wheel that requires other things than the index said beside it is refused", async () => {
  const beside = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n";
  const file = {
    ...served("demo", "1.0", { metadata: beside }),
    content: wheel("demo", "1.0", { requires: ["evil"] }),
  };
  await using server = await indexServer({ demo: [file] });
  const ports = await ready();
  const client = clientOf(ports, server);
  const listed = await newest(client, "demo");
  await client.metadata(listed);
  expect(await failure(client.fetch(listed, sink))).toMatchObject({ code: "METADATA_INVALID" });
  expect(await ports.fs.info(sink)).toBeUndefined();
});
