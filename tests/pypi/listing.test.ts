import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { htmlPage, indexServer, jsonPage, type ServedFile } from "../kit/index-server.ts";
import { cacheDir, clientOf, io, name, newest, served, versionsOf } from "./setup.ts";

const demo = [served("demo", "1.10"), served("demo", "1.9"), served("demo", "2.0rc1")];

describe.each(["html", "json"] as const)("a page in %s", (format) => {
  test("lists releases in the order of their versions", async () => {
    await using server = await indexServer({ demo }, { format });
    expect(await versionsOf(clientOf(io(), server), "demo")).toEqual(["1.9", "1.10", "2.0rc1"]);
  });

  test("keeps what it says about each file", async () => {
    const file: ServedFile = served("demo", "1.0", {
      requiresPython: ">=3.8,<4",
      yanked: "broken “build”",
      uploadTime: "2026-02-03T04:05:06.789Z",
      hashes: { sha256: "ab".repeat(32), md5: "cd".repeat(16) },
      metadata: "announced",
      metadataHashes: { sha256: "ef".repeat(32) },
    });
    await using server = await indexServer({ demo: [file] }, { format });
    const ports = io();
    await newest(clientOf(ports, server), "demo");
    // Once more, from the cache.
    const listed = await newest(clientOf(ports, server, { offline: true }), "demo");
    expect({
      filename: listed.filename,
      url: listed.url.toString(),
      index: listed.index.toString(),
      kind: listed.kind,
      tagText: listed.wheel?.tagText,
      hashes: listed.hashes,
      requiresPython: listed.requiresPython,
      yanked: listed.yanked,
      uploadTimeMs: listed.uploadTimeMs,
      metadataHashes: listed.metadataHashes,
      sizeBytes: listed.sizeBytes,
    }).toEqual({
      filename: "demo-1.0-py3-none-any.whl",
      url: `${server.origin}/files/demo/demo-1.0-py3-none-any.whl`,
      index: `${server.origin}/simple/`,
      kind: "wheel",
      tagText: "py3-none-any",
      hashes: { sha256: "ab".repeat(32), md5: "cd".repeat(16) },
      requiresPython: ">=3.8,<4",
      // JSON's own characters come through; a terminal sees nothing that it would obey.
      yanked: "broken “build”",
      uploadTimeMs: Date.UTC(2026, 1, 3, 4, 5, 6, 789),
      metadataHashes: { sha256: "ef".repeat(32) },
      sizeBytes: format === "json" ? file.content.byteLength : undefined,
    });
  });
});

test("the body decides what a page is, not its declared type", async () => {
  await using server = await indexServer({ demo: [] });
  server.on("/simple/demo/", (_request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(jsonPage("demo", demo));
  });
  server.on("/simple/other/", (_request, response) => {
    response.setHeader("content-type", "application/octet-stream");
    response.end(htmlPage("other", [served("other", "1.0")]));
  });
  const client = clientOf(io(), server);
  expect([await versionsOf(client, "demo"), await versionsOf(client, "other")]).toEqual([
    ["1.9", "1.10", "2.0rc1"],
    ["1.0"],
  ]);
});

test("an unknown name is no listing, and known to be none for a while", async () => {
  await using server = await indexServer({});
  const ports = io();
  expect(await versionsOf(clientOf(ports, server), "demo")).toBeUndefined();
  expect(await versionsOf(clientOf(ports, server), "demo")).toBeUndefined();
  expect(server.paths()).toEqual(["/simple/demo/"]);
});

test("equal questions share one request, and the answer is there at once afterwards", async () => {
  await using server = await indexServer({ demo });
  const client = clientOf(io(), server);
  expect(client.listingNow(name("demo"))).toBeUndefined();
  client.prefetchListings([name("demo"), name("demo")]);
  await Promise.all([client.listing(name("demo")), client.listing(name("demo"))]);
  expect(client.listingNow(name("demo"))?.name).toBe("demo");
  expect(server.paths()).toEqual(["/simple/demo/"]);
});

describe("a page in the cache", () => {
  test("is not asked for again within ten minutes, when its server says nothing", async () => {
    await using server = await indexServer({ demo });
    const ports = io();
    await versionsOf(clientOf(ports, server), "demo");
    ports.clock.advance(9 * 60_000);
    await versionsOf(clientOf(ports, server), "demo");
    expect(server.requests.length).toBe(1);
    ports.clock.advance(2 * 60_000);
    await versionsOf(clientOf(ports, server), "demo");
    expect(server.requests.length).toBe(2);
  });

  test.each([
    ["max-age=60", 59, 1],
    ["max-age=60", 61, 2],
    ["no-cache", 1, 2],
    ["max-age=0", 1, 2],
    ["public, max-age=31536000", 23 * 3600, 1],
    ["public, max-age=31536000", 25 * 3600, 2],
  ])("lives as long as `%s` says: %i s later there were %i requests", async (cacheControl, seconds, requests) => {
    await using server = await indexServer({ demo }, { cacheControl });
    const ports = io();
    await versionsOf(clientOf(ports, server), "demo");
    ports.clock.advance(seconds * 1_000);
    await versionsOf(clientOf(ports, server), "demo");
    expect(server.requests.length).toBe(requests);
  });

  test("is asked for conditionally when it is old, and is young again after a 304", async () => {
    await using server = await indexServer({ demo }, { etags: true });
    const ports = io();
    await versionsOf(clientOf(ports, server), "demo");
    ports.clock.advance(3_600_000);
    const later = clientOf(ports, server);
    expect(await versionsOf(later, "demo")).toEqual(["1.9", "1.10", "2.0rc1"]);
    expect((await newest(later, "demo")).url.toString()).toContain(`${server.origin}/files/demo/`);
    expect(server.requests[1]?.headers["if-none-match"]).toMatch(/^"[0-9a-f]{16}"$/);
    await versionsOf(clientOf(ports, server), "demo");
    expect(server.requests.length).toBe(2);
  });

  test("is asked for again by `refresh`, of all or of some", async () => {
    await using server = await indexServer({ demo, other: [served("other", "1.0")] });
    const ports = io();
    await versionsOf(clientOf(ports, server), "demo");
    await versionsOf(clientOf(ports, server), "other");
    await versionsOf(clientOf(ports, server, { refresh: new Set([name("demo")]) }), "demo");
    await versionsOf(clientOf(ports, server, { refresh: new Set([name("demo")]) }), "other");
    expect(server.requests.length).toBe(3);
    await versionsOf(clientOf(ports, server, { refresh: true }), "other");
    expect(server.requests.length).toBe(4);
    expect(server.requests[3]?.headers["cache-control"]).toContain("max-age=0");
  });

  test("serves offline however old it is; what is not there is named", async () => {
    await using server = await indexServer({ demo });
    const ports = io();
    await versionsOf(clientOf(ports, server), "demo");
    ports.clock.advance(365 * 24 * 3_600_000);
    const offline = clientOf(ports, server, { offline: true });
    expect(await versionsOf(offline, "demo")).toEqual(["1.9", "1.10", "2.0rc1"]);
    await expect(offline.listing(name("numpy"))).rejects.toMatchObject({
      code: "OFFLINE_MISSING",
      message: expect.stringContaining("`numpy`"),
    });
    expect(server.requests.length).toBe(1);
  });

  test("counts as absent when any byte of it is damaged", async () => {
    await using server = await indexServer({ demo });
    const ports = io();
    await versionsOf(clientOf(ports, server), "demo");
    const [index] = (await ports.fs.list(ports.fs.path.join(cacheDir, "pages-3"))) ?? [];
    const path = ports.fs.path.join(cacheDir, "pages-3", index?.name ?? "", "demo.page");
    const bytes = await ports.fs.read(path);
    const readAll = async (offline: boolean) => {
      const listing = await clientOf(ports, server, { offline }).listing(name("demo"));
      return listing?.releases.map((release) => release.files.length);
    };
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const damaged = Uint8Array.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ change;
        await ports.fs.write(path, damaged);
        await expect(readAll(true)).rejects.toMatchObject({ code: "OFFLINE_MISSING" });
        // Damage among the files is found late; the next command asks the index again.
        await readAll(false).catch(() => undefined);
        expect(await readAll(false)).toEqual([1, 1, 1]);
      }),
      { numRuns: 80 },
    );
    for (const cut of [0, 1, 20, bytes.length - 1]) {
      await ports.fs.write(path, bytes.subarray(0, cut));
      expect(await versionsOf(clientOf(ports, server), "demo")).toEqual(["1.9", "1.10", "2.0rc1"]);
    }
  });

  test("may be replaced or removed while a command still reads from it", async () => {
    // The newest versions of a long page are in memory with its head; of the oldest only where they lie.
    const long = Array.from({ length: 200 }, (_, minor) => served("demo", `1.${minor}`));
    await using server = await indexServer({ demo: long });
    const ports = io();
    await versionsOf(clientOf(ports, server), "demo");
    const reading = async () => (await clientOf(ports, server).listing(name("demo")))?.releases[0];
    const [before, gone] = [await reading(), await reading()];
    server.packages["demo"] = [served("demo", "0.1"), ...long];
    await versionsOf(clientOf(ports, server, { refresh: true }), "demo");
    expect(before?.files.map((file) => file.filename)).toEqual(["demo-1.0-py3-none-any.whl"]);
    await ports.fs.remove(cacheDir);
    expect(() => gone?.files).toThrow("is no longer in the cache");
  });

  test("that can't be written is done without", async () => {
    await using server = await indexServer({ demo });
    const ports = io();
    await ports.fs.makeDir(ports.fs.path.directory(cacheDir));
    await ports.fs.write(cacheDir, "a file is in the way");
    expect(await versionsOf(clientOf(ports, server), "demo")).toEqual(["1.9", "1.10", "2.0rc1"]);
  });

  test("holds no credentials", async () => {
    await using server = await indexServer({ demo }, { auth: { username: "ann", password: "s3cret" } });
    const ports = io();
    await versionsOf(clientOf(ports, server, { indexes: [{ url: server.urlFor("ann", "s3cret") }] }), "demo");
    const [index] = (await ports.fs.list(ports.fs.path.join(cacheDir, "pages-3"))) ?? [];
    const path = ports.fs.path.join(cacheDir, "pages-3", index?.name ?? "", "demo.page");
    expect(await ports.fs.readText(path)).not.toContain("s3cret");
  });
});

test("a page of 10,000 files is read from the cache without looking at each", async () => {
  const content = new Uint8Array(0);
  const many = Array.from({ length: 10_000 }, (_, at): ServedFile => {
    const version = `${Math.floor(at / 20)}.0`;
    return { filename: `demo-${version}-cp${300 + (at % 20)}-cp${300 + (at % 20)}-linux_x86_64.whl`, content };
  });
  await using server = await indexServer({ demo: many });
  const ports = io();
  await versionsOf(clientOf(ports, server), "demo");
  const offline = clientOf(ports, server, { offline: true });
  const listing = await offline.listing(name("demo"));
  expect(listing?.releases.length).toBe(500);
  expect(listing?.releases.at(-1)?.files.length).toBe(20);
});

test("whatever a page says about a file comes back from the cache as it was", async () => {
  await using server = await indexServer({});
  const text = fc.string({ unit: "binary", maxLength: 30 });
  const hex = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 64, maxLength: 64 });
  const file = fc.record({
    python: text,
    reason: text,
    query: text,
    sha256: hex,
    size: fc.nat(),
    time: fc.nat(2 ** 40),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(file, { maxLength: 5 }), async (listed) => {
      const page = listed.map(({ python, reason, query, sha256, size, time }, at) => ({
        filename: `demo-${at}-py3-none-any.whl`,
        url: `demo-${at}-py3-none-any.whl?q=${encodeURIComponent(query)}`,
        hashes: { sha256 },
        "requires-python": python,
        yanked: reason,
        size,
        "upload-time": new Date(time).toISOString(),
      }));
      server.on("/simple/demo/", (_request, response) => response.end(JSON.stringify({ name: "demo", files: page })));
      const ports = io();
      const read = async (offline: boolean) =>
        (await clientOf(ports, server, { offline }).listing(name("demo")))?.releases.flatMap((release) =>
          release.files.map((one) => [
            one.url.toString(),
            one.hashes,
            one.requiresPython,
            one.yanked,
            one.sizeBytes,
            one.uploadTimeMs,
          ]),
        );
      const fresh = await read(false);
      expect(fresh?.length).toBe(listed.length);
      expect(fresh?.map((one) => [one[1], one[4], one[5]])).toEqual(
        listed.map(({ sha256, size, time }) => [{ sha256 }, size, time]),
      );
      expect(await read(true)).toEqual(fresh);
    }),
    { numRuns: 60 },
  );
});
