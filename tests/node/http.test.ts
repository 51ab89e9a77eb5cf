import { createServer, request as httpRequest } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, test } from "vitest";
import { SafeUrl } from "../../src/base/index.ts";
import { nodeHttp } from "../../src/node/index.ts";
import type { HttpResponse } from "../../src/ports/index.ts";
import { hangUp, type IndexServer, indexServer, redirect, silence, truncated } from "../kit/index-server.ts";
import { testCertificate } from "../kit/test-certificate.ts";

const http = nodeHttp();

async function serving(body: (server: IndexServer) => Promise<void>): Promise<void> {
  await using server = await indexServer({});
  await body(server);
}

const at = (server: IndexServer, path: string): SafeUrl => SafeUrl.parse(`${server.origin}${path}`);
const text = async (response: HttpResponse): Promise<string> => Buffer.from(await response.bytes(1e6)).toString();
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "no failure",
    (error: { code?: unknown }) => error.code,
  );

test("a status of 400 and more is an answer", () =>
  serving(async (server) => {
    const response = await http.send({ url: at(server, "/none") });
    expect([response.status, await text(response)]).toEqual([404, "status 404\n"]);
  }));

test("redirects are followed, or told when asked to", () =>
  serving(async (server) => {
    server.on("/a", redirect("/b"));
    const followed = await http.send({ url: at(server, "/a") });
    expect(followed.url.toString()).toBe(`${server.origin}/b`);
    await followed.discard();
    const told = await http.send({ url: at(server, "/a"), redirect: "manual" });
    expect([told.status, told.header("location")]).toEqual([302, "/b"]);
    await told.discard();
  }));

test("credentials in an address travel as a header", () =>
  serving(async (server) => {
    const url = SafeUrl.parse(`${server.origin.replace("://", "://me:p%40ss@")}/x`);
    await (await http.send({ url })).discard();
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from("me:p@ss").toString("base64")}`);
  }));

test("an answer that ends too early is a fault", () =>
  serving(async (server) => {
    server.on("/cut", truncated(Buffer.alloc(100_000, 7), 60_000));
    const response = await http.send({ url: at(server, "/cut") });
    expect(await codeOf(response.bytes(1e6))).toBe("HTTP_BROKEN");
  }));

test("a connection that ends without an answer is broken, one that is refused is refused", () =>
  serving(async (server) => {
    server.on("/bye", hangUp());
    expect(await codeOf(http.send({ url: at(server, "/bye") }))).toBe("HTTP_BROKEN");
    const gone = at(server, "/");
    await server.close();
    expect(await codeOf(http.send({ url: gone }))).toBe("HTTP_REFUSED");
  }));

test("a host that nobody knows is told as that", async () => {
  expect(await codeOf(http.send({ url: SafeUrl.parse("http://no-such-host.invalid/") }))).toMatch(
    /^HTTP_(UNRESOLVED|REFUSED)$/,
  );
});

test("silence runs into the time-out, whoever cancels gets his own reason", () =>
  serving(async (server) => {
    server.on("/quiet", silence());
    expect(await codeOf(http.send({ url: at(server, "/quiet"), idleTimeoutMs: 50 }))).toBe("HTTP_TIMEOUT");
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    await expect(http.send({ url: at(server, "/quiet"), signal })).rejects.toBe(reason);
    const later = new AbortController();
    const sent = http.send({ url: at(server, "/quiet"), signal: later.signal });
    later.abort(reason);
    await expect(sent).rejects.toBe(reason);
  }));

test("a body may not be longer than the limit", () =>
  serving(async (server) => {
    server.on("/big", (_request, response) => response.end(Buffer.alloc(200_000)));
    const response = await http.send({ url: at(server, "/big") });
    expect(await codeOf(response.bytes(100_000))).toBe("HTTP_TOO_LARGE");
  }));

test("what is not a web address is refused", async () => {
  expect(await codeOf(http.send({ url: SafeUrl.parse("file:///etc/passwd") }))).toBe("HTTP_UNSUPPORTED");
});

test("a certificate that nobody vouches for is refused, an added one is believed", async () => {
  await using server = await indexServer({}, { tls: testCertificate });
  const url = at(server, "/x");
  expect(await codeOf(http.send({ url }))).toBe("HTTP_CERTIFICATE");
  const added = await http.send({ url, route: { caPem: testCertificate.cert } });
  expect(added.status).toBe(404);
  await added.discard();
  const insecure = await http.send({ url, route: { insecure: true } });
  expect(insecure.status).toBe(404);
  await insecure.discard();
});

test("plain addresses are asked of the proxy, encrypted ones through a tunnel of it", async () => {
  await using plain = await indexServer({});
  await using secret = await indexServer({}, { tls: testCertificate });
  const seen: string[] = [];
  const proxy = createServer((request, response) => {
    seen.push(`${request.method} ${request.headers["proxy-authorization"]}`);
    const onward = httpRequest(request.url ?? "", { method: request.method }, (answer) => {
      response.writeHead(answer.statusCode ?? 502);
      answer.pipe(response);
    });
    onward.end();
  });
  proxy.on("connect", (request, socket) => {
    seen.push(`${request.method} ${request.headers["proxy-authorization"]}`);
    const [host = "", port = ""] = (request.url ?? "").split(":");
    const onward = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      onward.pipe(socket);
      socket.pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  try {
    const address = `http://me:pass@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const route = { proxy: SafeUrl.parse(address), caPem: testCertificate.cert };
    for (const server of [plain, secret]) {
      const response = await http.send({ url: at(server, "/through"), route });
      expect(response.status).toBe(404);
      await response.discard();
      expect(server.paths()).toEqual(["/through"]);
    }
    const token = `Basic ${Buffer.from("me:pass").toString("base64")}`;
    expect(seen).toEqual([`GET ${token}`, `CONNECT ${token}`]);
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
});
