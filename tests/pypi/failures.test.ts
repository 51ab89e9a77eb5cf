import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { absPath, SafeUrl } from "../../src/base/index.ts";
import type { RouteSettings } from "../../src/pypi/index.ts";
import { hangUp, type IndexServer, indexServer, redirect, silence, status } from "../kit/index-server.ts";
import { testCertificate } from "../kit/test-certificate.ts";
import { type ClientOptions, clientOf, failure, io, name, newest, served, versionsOf } from "./setup.ts";

const page = "/simple/demo/";
const demo = [served("demo", "1.0")];

async function failureOf(
  prepare: (server: IndexServer) => void,
  options: ClientOptions = {},
): Promise<{ readonly code: unknown; readonly message: string; readonly hint: string; readonly requests: number }> {
  await using server = await indexServer({ demo });
  prepare(server);
  const failed = await failure(clientOf(io(), server, options).listing(name("demo")));
  return {
    code: failed.code,
    message: failed.message.replaceAll(server.origin, "ORIGIN").replaceAll(new URL(server.origin).host, "HOST"),
    hint: failed.hint.replaceAll(new URL(server.origin).host, "HOST"),
    requests: server.requests.length,
  };
}

describe("an index that answers", () => {
  test.each([
    [401, 1, "INDEX_CREDENTIALS", "`ORIGIN/simple/demo/` asks for credentials (status 401)"],
    [403, 1, "INDEX_CREDENTIALS", "`ORIGIN/simple/demo/` forbids access (status 403)"],
    [429, 4, "INDEX_UNREACHABLE", "`ORIGIN/simple/demo/` gets too many requests and asks to wait (asked 4 times)"],
    [
      500,
      4,
      "INDEX_UNREACHABLE",
      "`HOST` has a failure of its own (status 500) for `ORIGIN/simple/demo/` (asked 4 times)",
    ],
    [418, 1, "INDEX_UNREACHABLE", "`HOST` refuses the request (status 418) for `ORIGIN/simple/demo/`"],
  ])("%i is asked %i times and ends in %s", async (code, requests, error, message) => {
    const failed = await failureOf((server) => server.on(page, status(code)));
    expect(failed).toMatchObject({ code: error, message, requests });
    expect(failed.hint).not.toBe("");
  });

  test("after two failures is an index that answers", async () => {
    await using server = await indexServer({ demo });
    server.on(page, status(503), hangUp(), (request, response) => server.serve(request, response));
    expect(await versionsOf(clientOf(io(), server), "demo")).toEqual(["1.0"]);
  });

  test.each([
    ["30", 30_000],
    [new Date(Date.UTC(2026, 0, 1, 0, 0, 45)).toUTCString(), 45_000],
  ])("`Retry-After: %s` is waited for", async (after, waitedMs) => {
    await using server = await indexServer({ demo });
    server.on(page, status(429, { "retry-after": after }), (request, response) => server.serve(request, response));
    const ports = io();
    const before = ports.clock.elapsed();
    await versionsOf(clientOf(ports, server), "demo");
    expect(ports.clock.elapsed() - before).toBe(waitedMs);
  });

  test("`Retry-After` of an hour is told at once", async () => {
    const failed = await failureOf((server) => server.on(page, status(503, { "retry-after": "3600" })));
    expect(failed).toMatchObject({ code: "INDEX_UNREACHABLE", requests: 1 });
  });

  test("pauses between attempts grow", async () => {
    await using server = await indexServer({ demo });
    server.on(page, status(500));
    const ports = io();
    const pauses: number[] = [];
    const sleep = ports.clock.sleep.bind(ports.clock);
    ports.clock.sleep = (ms: number) => {
      pauses.push(ms);
      return sleep(ms);
    };
    await failure(clientOf(ports, server, { retries: 5 }).listing(name("demo")));
    expect(pauses.length).toBe(5);
    for (const [at, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThanOrEqual(125 * 2 ** at);
      expect(pause).toBeLessThanOrEqual(375 * 2 ** at);
    }
  });
});

describe("an index that can't be reached", () => {
  test("because nobody listens", async () => {
    const server = await indexServer({});
    const { url } = server;
    await server.close();
    const failed = await failure(clientOf(io(), undefined, { indexes: [{ url }] }).listing(name("demo")));
    expect(failed).toMatchObject({
      code: "INDEX_UNREACHABLE",
      message: expect.stringContaining("refuses connections"),
    });
    expect(failed.hint).toContain("--offline");
  });

  test("because it takes the request and never answers", async () => {
    const failed = await failureOf((server) => server.on(page, silence()), { timeoutMs: 1_000 });
    expect(failed).toMatchObject({ code: "INDEX_UNREACHABLE", requests: 2 });
    expect(failed.message).toContain("nothing came for 1 s");
  });

  test("is tried again only so often as settings allow", async () => {
    const failed = await failureOf((server) => server.on(page, hangUp()), { retries: 1 });
    expect(failed).toMatchObject({ code: "INDEX_UNREACHABLE", requests: 2 });
  });
});

describe("a proxy", () => {
  const through = (proxy: string, index: IndexServer): RouteSettings => ({
    proxyFor: (url) => (url.toString().startsWith(index.origin) ? SafeUrl.parse(proxy) : undefined),
  });

  test.each(["http", "socks5"])("of kind %s where nobody listens is told as that", async (scheme) => {
    // A port that the system gives to nobody.
    const address = `${scheme}://127.0.0.1:1`;
    await using server = await indexServer({ demo });
    const failed = await failure(clientOf(io(), server, { routes: through(address, server) }).listing(name("demo")));
    expect(failed.code).toBe("INDEX_UNREACHABLE");
    expect(failed.message).toContain(`the proxy \`${address}`);
    expect(failed.hint).toContain("NO_PROXY");
    expect(server.requests).toEqual([]);
  });

  test("that wants credentials for a tunnel is asked once", async () => {
    await using server = await indexServer({ demo }, { tls: testCertificate });
    const seen: string[] = [];
    const proxy = createServer();
    proxy.on("connect", (request, socket) => {
      seen.push(request.url ?? "");
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    try {
      const routes = through(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, server);
      const failed = await failure(clientOf(io(), server, { routes }).listing(name("demo")));
      expect(failed).toMatchObject({ code: "INDEX_CREDENTIALS", hint: expect.stringContaining("the proxy") });
      expect(seen.length).toBe(1);
    } finally {
      proxy.closeAllConnections();
      proxy.close();
    }
  });
});

test("redirects are followed, and links are relative to where they lead", async () => {
  await using server = await indexServer({ demo });
  server.on(page, redirect("/moved/demo/"));
  server.on("/moved/demo/", (_request, response) => response.end('<a href="demo-2.0-py3-none-any.whl">x</a>'));
  const file = await newest(clientOf(io(), server), "demo");
  expect(file.url.toString()).toBe(`${server.origin}/moved/demo/demo-2.0-py3-none-any.whl`);
});

test("a chain of redirects ends", async () => {
  const failed = await failureOf((server) => {
    for (let at = 0; at < 30; at++) server.on(`/r${at}`, redirect(`/r${at + 1}`));
    server.on(page, redirect("/r0"));
  });
  expect(failed).toMatchObject({
    code: "INDEX_UNREACHABLE",
    message: expect.stringContaining("redirects in a circle"),
  });
  expect(failed.requests).toBeLessThan(15);
});

describe("credentials", () => {
  const auth = { username: "ann", password: "p@ss:wörd" };
  const token = `Basic ${Buffer.from("ann:p@ss:wörd").toString("base64")}`;

  test("of the index's address go to its pages and to files of its origin", async () => {
    await using server = await indexServer({ demo }, { auth });
    const url = server.urlFor("ann", encodeURIComponent(auth.password));
    const client = clientOf(io(), undefined, { indexes: [{ url }] });
    await client.metadata(await newest(client, "demo"));
    expect(server.requests.every((request) => request.headers.authorization === token)).toBe(true);
  });

  test("of netrc go to their host", async () => {
    await using server = await indexServer({ demo }, { auth });
    const netrc = (host: string) => (host === "127.0.0.1" ? auth : undefined);
    expect(await versionsOf(clientOf(io(), server, { netrc }), "demo")).toEqual(["1.0"]);
  });

  test("of netrc that are wrong are told as that", async () => {
    await using server = await indexServer({ demo }, { auth });
    const netrc = () => ({ username: "ann", password: "old" });
    const failed = await failure(clientOf(io(), server, { netrc }).listing(name("demo")));
    expect(failed.message).toContain("refuses the credentials given");
  });

  test("of the keyring are asked for when the index refuses, once", async () => {
    await using server = await indexServer({ demo, other: [served("other", "1.0")] }, { auth });
    const client = clientOf(io(), server, { keyring: true, secret: auth });
    expect(await versionsOf(client, "demo")).toEqual(["1.0"]);
    expect(await versionsOf(client, "other")).toEqual(["1.0"]);
    expect(server.requests.length).toBe(3);
    const without = clientOf(io(), server, { keyring: false, secret: auth });
    expect(await failure(without.listing(name("demo")))).toMatchObject({ code: "INDEX_CREDENTIALS" });
  });

  test("that are wrong are told as that, without showing them", async () => {
    await using server = await indexServer({ demo }, { auth });
    const indexes = [{ url: server.urlFor("ann", "wrong-s3cret") }];
    const failed = await failure(clientOf(io(), undefined, { indexes }).listing(name("demo")));
    expect(failed).toMatchObject({ code: "INDEX_CREDENTIALS" });
    expect(failed.message).toContain("refuses the credentials given");
    expect(JSON.stringify(failed)).not.toContain("s3cret");
  });

  test("stay with their origin: neither a link nor a redirect takes them elsewhere", async () => {
    await using other = await indexServer({ demo });
    const away = served("demo", "1.0", { url: `${other.origin}/files/demo/demo-1.0-py3-none-any.whl` });
    await using server = await indexServer({ demo: [away] }, { auth });
    server.on("/simple/far/", redirect(`${other.origin}/simple/demo/`));
    const url = server.urlFor("ann", encodeURIComponent(auth.password));
    const client = clientOf(io(), undefined, { indexes: [{ url }] });
    await client.metadata(await newest(client, "demo"));
    await client.listing(name("far"));
    expect(other.requests.length).toBeGreaterThan(1);
    expect(other.requests.some((request) => request.headers.authorization !== undefined)).toBe(false);
  });
});

test("each host has its limit of requests at a time", async () => {
  const projects = Array.from({ length: 30 }, (_, at) => `p${at}`);
  const packages = Object.fromEntries(projects.map((project) => [project, [served(project, "1.0")]]));
  for (const [limit, most] of [
    [4, 4],
    [50, 30],
  ] as const) {
    await using server = await indexServer(packages);
    // Answers are held back until as many requests are here as may be.
    const held: (() => void)[] = [];
    for (const project of projects) {
      server.on(`/simple/${project}/`, (request, response) => {
        held.push(() => server.serve(request, response));
        if (held.length === most || server.requests.length === projects.length) for (const go of held.splice(0)) go();
      });
    }
    const client = clientOf(io(), server, { requestsPerHost: limit });
    await Promise.all(projects.map((project) => client.listing(name(project))));
    expect(server.mostAtOnce).toBe(most);
  }
});

test("proxies and certificates of the settings travel with the request", async () => {
  await using server = await indexServer({ demo });
  await using proxy = await indexServer({ demo });
  const routes = { proxyFor: () => SafeUrl.parse(`${proxy.origin}/`) };
  // The stand-in for a proxy sees the request and answers it like any server.
  proxy.on(page, (request, response) => proxy.serve(request, response));
  await versionsOf(clientOf(io(), server, { routes }), "demo");
  expect([server.requests.length, proxy.paths()]).toEqual([0, [page]]);
});

test("what is on this machine only is told by name when it is missing", async () => {
  const url = SafeUrl.parse("file:///no/such/index/");
  const client = clientOf(io(), undefined, { indexes: [{ url }] });
  expect(await client.listing(name("demo"))).toBeUndefined();
  const absent = client.fetch({ filename: "x", url: SafeUrl.parse("file:///no/x.whl") }, absPath("/tmp/x"));
  expect(await failure(absent)).toMatchObject({ code: "FILE_UNREADABLE" });
});
