import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { absPath, SafeUrl } from "../../src/base/index.ts";
import { nodeClock } from "../../src/node/index.ts";
import { parsePackageName, tryParseSpecifierSet } from "../../src/pep/index.ts";
import { createIndexClient, indexSettings } from "../../src/pypi/index.ts";
import { indexServer, jsonPage, redirect, type ServedFile, trickle, truncated } from "../kit/index-server.ts";
import type { MemoryPorts } from "../kit/memory-ports.ts";
import { testCertificate } from "../kit/test-certificate.ts";
import { cacheDir, clientOf, failure, io, name, newest, served, versionsOf } from "./setup.ts";

const page = "/simple/demo/";
const sink = absPath("/demo.whl");
const json = (value: unknown) => (_request: unknown, response: { end(text: string): void }) =>
  response.end(JSON.stringify(value));

async function filesBelow(ports: MemoryPorts, dir = cacheDir): Promise<string[]> {
  const found: string[] = [];
  for (const entry of (await ports.fs.list(dir)) ?? []) {
    const path = ports.fs.path.join(dir, entry.name);
    found.push(...(entry.kind === "directory" ? await filesBelow(ports, path) : [path]));
  }
  return found;
}

/** One test for each index case of the bad-input list, under the case's own name. */
const cases: Readonly<Record<string, () => Promise<void>>> = {
  "hash-mismatch": async () => {
    await using server = await indexServer(
      { demo: [served("demo", "1.0", { hashes: { sha256: "00".repeat(32) } })] },
      { ranges: false },
    );
    const ports = io();
    const client = clientOf(ports, server);
    const file = await newest(client, "demo");
    expect(await failure(client.metadata(file))).toMatchObject({ code: "DIGEST_MISMATCH" });
    expect(await failure(client.fetch(file, sink))).toMatchObject({ code: "DIGEST_MISMATCH" });
    expect((await filesBelow(ports)).filter((path) => !path.endsWith("demo.page"))).toEqual([]);
    expect(await ports.fs.info(sink)).toBeUndefined();
  },
  "two-hashes-conflict": async () => {
    const { content } = served("demo", "1.0");
    const sha256 = createHash("sha256").update(content).digest("hex");
    const hashes = { sha256, blake2b: "ab".repeat(64) };
    await using server = await indexServer({ demo: [served("demo", "1.0", { hashes })] }, { format: "json" });
    const client = clientOf(io(), server);
    const fetched = client.fetch(await newest(client, "demo"), sink);
    expect(await failure(fetched)).toMatchObject({
      code: "DIGEST_MISMATCH",
      message: expect.stringContaining("blake2b"),
    });
  },
  "filename-of-other-project": async () => {
    await using server = await indexServer({ demo: [served("evil", "1.0"), served("demo", "0.5")] });
    expect(await versionsOf(clientOf(io(), server), "demo")).toEqual(["0.5"]);
  },
  "link-text-differs-from-url": async () => {
    await using server = await indexServer({});
    const link = '<a href="evil-9.9-py3-none-any.whl">demo-1.0-py3-none-any.whl</a>';
    server.on(page, (_request, response) => response.end(`<html><body>${link}</body></html>`));
    expect(await versionsOf(clientOf(io(), server), "demo")).toEqual([]);
  },
  "api-version-1-99": async () => {
    await using server = await indexServer({});
    server.on(page, json({ meta: { "api-version": "1.99" }, name: "demo", files: [] }));
    expect(await versionsOf(clientOf(io(), server), "demo")).toEqual([]);
  },
  "json-name-differs": async () => {
    await using server = await indexServer({});
    server.on(page, json({ meta: { "api-version": "1.0" }, name: "other", files: [] }));
    expect(await failure(clientOf(io(), server).listing(name("demo")))).toMatchObject({ code: "INDEX_INVALID" });
  },
  "json-wrong-types": async () => {
    await using server = await indexServer({});
    const file = { filename: "demo-1.0-py3-none-any.whl", url: 5, hashes: {}, "requires-python": [] };
    server.on(page, json({ meta: { "api-version": "1.0" }, name: "demo", files: [file] }));
    expect(await versionsOf(clientOf(io(), server), "demo")).toEqual([]);
  },
  "html-served-as-json": async () => {
    await using server = await indexServer({});
    server.on(page, (_request, response) => {
      response.setHeader("content-type", "application/vnd.pypi.simple.v1+json");
      response.end("<!DOCTYPE html><html><body>Please log in</body></html>");
    });
    expect(await failure(clientOf(io(), server).listing(name("demo")))).toMatchObject({ code: "INDEX_INVALID" });
  },
  "href-escapes": async () => {
    await using server = await indexServer({ demo: [] });
    const link = '<a href="../../x/demo-1.0%2Blocal-py3-none-any.whl?a=1&amp;b=2">demo</a>';
    server.on(page, (_request, response) => response.end(`<html><body>${link}</body></html>`));
    const file = await newest(clientOf(io(), server), "demo");
    expect([file.filename, file.wheel?.version.toString()]).toEqual(["demo-1.0+local-py3-none-any.whl", "1.0+local"]);
    expect(file.url.toString()).toBe(`${server.origin}/x/demo-1.0%2Blocal-py3-none-any.whl?a=1&b=2`);
  },
  "bad-requires-python": async () => {
    const files = [
      served("demo", "1.0", { requiresPython: ">=3.6.*" }),
      served("demo", "2.0", { requiresPython: "not a spec" }),
    ];
    await using server = await indexServer({ demo: files });
    const listing = await clientOf(io(), server).listing(name("demo"));
    const constraints = listing?.releases.map((release) => release.files[0]?.requiresPython ?? "");
    expect(constraints).toEqual([">=3.6.*", "not a spec"]);
    // Whoever reads them can tell that the second is no constraint, and go on.
    expect(tryParseSpecifierSet("not a spec")).toBeUndefined();
  },
  "yanked-all": async () => {
    await using server = await indexServer({
      demo: [served("demo", "1.0", { yanked: true }), served("demo", "2.0", { yanked: "bad" })],
    });
    const listing = await clientOf(io(), server).listing(name("demo"));
    expect(listing?.releases.flatMap((release) => release.files.map((file) => file.yanked))).toEqual(["", "bad"]);
  },
  "metadata-differs-from-wheel": async () => {
    const metadata = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n";
    await using server = await indexServer({ demo: [served("demo", "1.0", { requires: ["evil"], metadata })] });
    const client = clientOf(io(), server);
    const file = await newest(client, "demo");
    await client.metadata(file);
    expect(await failure(client.fetch(file, sink))).toMatchObject({ code: "METADATA_INVALID" });
  },
  "metadata-404": async () => {
    await using server = await indexServer({
      demo: [served("demo", "1.0", { requires: ["idna"], metadata: "announced" })],
    });
    const client = clientOf(io(), server);
    expect((await client.metadata(await newest(client, "demo"))).requiresDist).toEqual(["idna"]);
  },
  "content-length-short": async () => {
    await using server = await indexServer({});
    server.on(page, truncated(Buffer.from("<html><body></body></html>"), 10));
    expect(await failure(clientOf(io(), server).listing(name("demo")))).toMatchObject({ code: "INDEX_UNREACHABLE" });
    expect(server.requests.length).toBe(4);
  },
  "gzip-content-encoding": async () => {
    const archive = gzipSync("a tar archive");
    const file: ServedFile = { filename: "demo-1.0.tar.gz", content: archive };
    await using server = await indexServer({ demo: [file] }, { gzip: true });
    server.on("/files/demo/demo-1.0.tar.gz", (_request, response) => {
      response.setHeader("content-encoding", "gzip");
      response.end(archive);
    });
    const ports = io();
    const client = clientOf(ports, server);
    const listed = await newest(client, "demo");
    expect(listed.filename).toBe("demo-1.0.tar.gz");
    const sha256 = createHash("sha256").update(archive).digest("hex") as never;
    await client.fetch({ filename: listed.filename, url: listed.url, sha256 }, sink);
    expect(Buffer.compare(await ports.fs.read(sink), archive)).toBe(0);
  },
  "redirect-to-http": async () => {
    await using plain = await indexServer({ demo: [served("demo", "1.0")] });
    await using secure = await indexServer({}, { tls: testCertificate });
    secure.on("/dl/demo-1.0-py3-none-any.whl", redirect(`${plain.origin}/files/demo/demo-1.0-py3-none-any.whl`));
    secure.on(page, (_request, response) => response.end('<a href="/dl/demo-1.0-py3-none-any.whl">demo</a>'));
    const netrc = (host: string) => (host === "127.0.0.1" ? { username: "ann", password: "pw" } : undefined);
    const routes = { caPem: testCertificate.cert, proxyFor: () => undefined };
    const indexes = [{ url: secure.urlFor("ann", "pw") }];
    const client = clientOf(io(), undefined, { indexes, routes, netrc });
    await client.fetch(await newest(client, "demo"), sink);
    expect(secure.requests.every((request) => request.headers.authorization !== undefined)).toBe(true);
    expect(plain.requests.map((request) => request.headers.authorization)).toEqual([undefined]);
  },
  "redirect-to-other-host": async () => {
    await using other = await indexServer({ demo: [served("demo", "1.0")] });
    await using server = await indexServer({});
    server.on(page, redirect(`${other.origin}/simple/demo/`));
    const client = clientOf(io(), undefined, { indexes: [{ url: server.urlFor("ann", "pw") }] });
    expect(await versionsOf(client, "demo")).toEqual(["1.0"]);
    expect(other.requests.map((request) => request.headers.authorization)).toEqual([undefined]);
  },
  "redirect-to-file-url": async () => {
    await using server = await indexServer({});
    server.on(page, redirect("file:///etc/passwd"));
    expect(await failure(clientOf(io(), server).listing(name("demo")))).toMatchObject({ code: "INDEX_INVALID" });
  },
  "redirect-loop": async () => {
    await using server = await indexServer({});
    server.on(page, redirect("/a"));
    server.on("/a", redirect(page));
    const failed = await failure(clientOf(io(), server).listing(name("demo")));
    expect(failed).toMatchObject({ code: "INDEX_UNREACHABLE", message: expect.stringContaining("circle") });
    expect(server.requests.length).toBe(2);
  },
  "credentials-in-error": async () => {
    const url = SafeUrl.parse("http://ann:s3cret@127.0.0.1:1/simple/");
    const failed = await failure(clientOf(io(), undefined, { indexes: [{ url }], retries: 0 }).listing(name("demo")));
    expect(failed.code).toBe("INDEX_UNREACHABLE");
    expect(JSON.stringify(failed)).not.toContain("s3cret");
  },
  "dependency-confusion": async () => {
    await using inHouse = await indexServer({ "internal-lib": [served("internal-lib", "1.0")] });
    await using outside = await indexServer({ "internal-lib": [served("internal-lib", "99.0")] });
    const indexes = [{ url: inHouse.url }, { url: outside.url }];
    expect(await versionsOf(clientOf(io(), undefined, { indexes }), "internal-lib")).toEqual(["1.0"]);
    expect(outside.requests).toEqual([]);
  },
  "huge-page": async () => {
    const content = new Uint8Array(0);
    const hashes = { sha256: "ab".repeat(32) };
    const files = Array.from({ length: 100_000 }, (_, at): ServedFile => {
      const url = `https://files.example/${"cd".repeat(60)}/${at}/demo-${at}.0-py3-none-any.whl`;
      return { filename: `demo-${at}.0-py3-none-any.whl`, content, hashes, url };
    });
    await using server = await indexServer({ demo: files });
    expect((await versionsOf(clientOf(io(), server), "demo"))?.length).toBe(100_000);
  },
  "timeout-trickle": async () => {
    await using server = await indexServer({});
    server.on(page, trickle(20));
    const ports = { ...io(), clock: nodeClock() };
    const settings = indexSettings({ indexes: [{ url: server.url }], cacheDir, timeoutMs: 1_000, retries: 0 });
    const failed = await failure(createIndexClient(ports, settings).listing(name("demo")));
    expect(failed).toMatchObject({ code: "INDEX_UNREACHABLE", message: expect.stringContaining("bytes came in") });
  },
  "tls-self-signed": async () => {
    await using server = await indexServer({ demo: [served("demo", "1.0")] }, { tls: testCertificate });
    const failed = await failure(clientOf(io(), server).listing(name("demo")));
    expect(failed).toMatchObject({ code: "INDEX_UNREACHABLE", message: expect.stringContaining("certificate") });
    expect(server.requests).toEqual([]);
    const { host } = new URL(server.origin);
    expect(await versionsOf(clientOf(io(), server, { trustedHosts: [host] }), "demo")).toEqual(["1.0"]);
  },
  "name-with-confusables": async () => {
    expect(() => parsePackageName("\u0433equests")).toThrow();
    await using server = await indexServer({});
    const listed = [
      served("requests", "1.0"),
      { ...served("requests", "2.0"), filename: "\u0433equests-2.0-py3-none-any.whl" },
    ];
    server.on("/simple/requests/", (_request, response) => response.end(jsonPage("requests", listed)));
    expect(await versionsOf(clientOf(io(), server), "requests")).toEqual(["1.0"]);
  },
  "project-status-quarantined": async () => {
    const status = { meta: { "api-version": "1.4" }, "project-status": { status: "quarantined" } };
    await using server = await indexServer({ demo: [served("demo", "1.0")] }, { format: "json", json: status });
    const listing = await clientOf(io(), server).listing(name("demo"));
    expect([listing?.status, listing?.releases]).toEqual(["quarantined", []]);
  },
  "project-status-archived": async () => {
    const status = { meta: { "api-version": "1.4" }, "project-status": { status: "archived" } };
    await using server = await indexServer({ demo: [served("demo", "1.0")] }, { format: "json", json: status });
    const ports = io();
    const client = clientOf(ports, server);
    await client.fetch(await newest(client, "demo"), sink);
    expect(ports.reporter.events[0]).toMatchObject({ type: "notice", level: "warn", code: "PROJECT_STATUS" });
  },
};

describe("bad input from an index", () => {
  for (const [label, check] of Object.entries(cases)) test(label, check);

  test("every case of the list is here", () => {
    const list = resolve(fileURLToPath(import.meta.url), "../../../../shared/data/badinput/cases.json");
    if (!existsSync(list)) {
      console.warn("skipped: the list of cases is not on this machine");
      return;
    }
    const { cases: listed } = JSON.parse(readFileSync(list, "utf8")) as {
      readonly cases: readonly { readonly kind: string; readonly name: string }[];
    };
    const names = listed.filter((entry) => entry.kind === "index").map((entry) => entry.name);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((label) => cases[label] === undefined)).toEqual([]);
  });
});
