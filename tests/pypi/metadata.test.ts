import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { indexServer, status } from "../kit/index-server.ts";
import { wheel } from "../kit/wheel.ts";
import { cacheDir, clientOf, failure, io, newest, served } from "./setup.ts";

const requires = ["idna>=2.5", 'colorama; sys_platform == "win32"'];
const metadataText = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nRequires-Dist: idna>=2.5\n";
const filePath = "/files/demo/demo-1.0-py3-none-any.whl";

/** Ten thousand files: the directory alone is longer than the first range. */
const longWheel = wheel("demo", "1.0", {
  requires,
  files: Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`demo/module_${at}.py`, ""])),
});

/** Larger than the first range, and METADATA far from its end. */
const largeWheel = wheel("demo", "1.0", { requires, files: { "demo/data.bin": randomBytes(400_000) } });

describe("the metadata of a wheel", () => {
  test("comes from beside it when the index offers that", async () => {
    await using server = await indexServer({ demo: [served("demo", "1.0", { metadata: metadataText })] });
    const client = clientOf(io(), server);
    const metadata = await client.metadata(await newest(client, "demo"));
    expect(metadata.requiresDist).toEqual(["idna>=2.5"]);
    expect(server.paths()).toEqual(["/simple/demo/", `${filePath}.metadata`]);
  });

  test("from beside it is believed only with the digest that the page promised", async () => {
    const file = served("demo", "1.0", { metadata: metadataText, metadataHashes: { sha256: "00".repeat(32) } });
    await using server = await indexServer({ demo: [file] });
    const client = clientOf(io(), server);
    const file1 = await newest(client, "demo");
    expect(await failure(client.metadata(file1))).toMatchObject({ code: "DIGEST_MISMATCH" });
  });

  test.each([
    ["a small wheel", served("demo", "1.0", { requires }), 1],
    ["a large wheel", { filename: "demo-1.0-py3-none-any.whl", content: largeWheel }, 1],
    ["a wheel of 3,000 files", { filename: "demo-1.0-py3-none-any.whl", content: longWheel }, 2],
  ])("is read out of the end of %s", async (_what, file, requests) => {
    await using server = await indexServer({ demo: [file] });
    const client = clientOf(io(), server);
    const metadata = await client.metadata(await newest(client, "demo"));
    expect(metadata.requiresDist).toEqual(requires);
    const asked = server.requests.filter((request) => request.path === filePath);
    expect(asked.length).toBe(requests);
    expect(asked.every((request) => request.headers.range !== undefined)).toBe(true);
  });

  test("is read by ranges from a server that knows none from the end", async () => {
    await using server = await indexServer({ demo: [served("demo", "1.0", { requires })] }, { ranges: "no-suffix" });
    const client = clientOf(io(), server);
    expect((await client.metadata(await newest(client, "demo"))).requiresDist).toEqual(requires);
  });

  test("is read out of the whole wheel where there are no ranges, and the wheel is not fetched twice", async () => {
    const file = served("demo", "1.0", { requires });
    await using server = await indexServer({ demo: [file] }, { ranges: false });
    const ports = io();
    const client = clientOf(ports, server);
    const listed = await newest(client, "demo");
    expect((await client.metadata(listed)).requiresDist).toEqual(requires);
    const before = server.requests.length;
    const sink = ports.fs.path.join(cacheDir, "demo.whl");
    const fetched = await client.fetch(listed, sink);
    expect(fetched.sizeBytes).toBe(file.content.byteLength);
    expect(Buffer.compare(await ports.fs.read(sink), file.content)).toBe(0);
    expect(server.requests.length).toBe(before);
  });

  test("is kept: later clients don't ask, also offline, and it is there at once", async () => {
    await using server = await indexServer({ demo: [served("demo", "1.0", { requires })] });
    const ports = io();
    const client = clientOf(ports, server);
    await client.metadata(await newest(client, "demo"));
    const later = clientOf(ports, server, { offline: true });
    const file = await newest(later, "demo");
    expect(later.metadataNow(file)).toEqual({
      name: "demo",
      version: "1.0",
      requiresDist: requires,
      providesExtra: [],
      dynamic: [],
      sizeBytes: served("demo", "1.0", { requires }).content.byteLength,
    });
  });

  test("in a damaged cache counts as absent", async () => {
    await using server = await indexServer({ demo: [served("demo", "1.0", { requires })] });
    const ports = io();
    const client = clientOf(ports, server);
    await client.metadata(await newest(client, "demo"));
    const path = ports.fs.path.join(cacheDir, "metadata-1", "demo.txt");
    const text = await ports.fs.readText(path);
    for (const damaged of [text.replace("idna", "evil"), text.slice(0, -9), "{}\n", "", "\u0000\u0001\n\n"]) {
      await ports.fs.write(path, damaged);
      const later = clientOf(ports, server, { offline: true });
      expect(await failure(later.metadata(await newest(later, "demo")))).toMatchObject({ code: "OFFLINE_MISSING" });
    }
  });

  test("about another package or version is refused", async () => {
    for (const text of [
      metadataText.replace("demo", "evil"),
      metadataText.replace("1.0", "9.9"),
      "no metadata at all",
    ]) {
      await using server = await indexServer({ demo: [served("demo", "1.0", { metadata: text })] });
      const client = clientOf(io(), server);
      const file = await newest(client, "demo");
      expect(await failure(client.metadata(file))).toMatchObject({ code: "METADATA_INVALID" });
    }
  });

  test("is prefetched for whoever asks later", async () => {
    await using server = await indexServer({ demo: [served("demo", "1.0", { requires })] });
    const client = clientOf(io(), server);
    const file = await newest(client, "demo");
    client.prefetchMetadata(file);
    expect((await client.metadata(file)).requiresDist).toEqual(requires);
    expect(server.paths()).toEqual(["/simple/demo/", filePath]);
  });

  test("that can't be prefetched fails only for whoever asks", async () => {
    await using server = await indexServer({ demo: [served("demo", "1.0")] });
    server.on(filePath, status(403));
    const client = clientOf(io(), server, { retries: 0 });
    const file = await newest(client, "demo");
    client.prefetchMetadata(file);
    expect(await failure(client.metadata(file))).toMatchObject({ code: "INDEX_CREDENTIALS" });
  });

  test("from a server that sends more than was asked for is read out of the whole wheel", async () => {
    const file = served("demo", "1.0", { requires });
    await using server = await indexServer({ demo: [file] });
    server.on(
      filePath,
      (_request, response) => {
        response.writeHead(206, { "content-range": "bytes 0-3999999999/4000000000" });
        response.end(file.content);
      },
      (request, response) => server.serve(request, response),
    );
    const client = clientOf(io(), server);
    expect((await client.metadata(await newest(client, "demo"))).requiresDist).toEqual(requires);
  });

  test("of a wheel whose directory states absurd sizes is refused without reading them", async () => {
    const content = Buffer.from(wheel("demo", "1.0", { requires, files: { "demo/data.bin": randomBytes(100_000) } }));
    const end = content.length - 22;
    content.writeUInt32LE(0xf0000000, end + 12);
    await using server = await indexServer({ demo: [{ filename: "demo-1.0-py3-none-any.whl", content }] });
    const client = clientOf(io(), server);
    const file = await newest(client, "demo");
    expect(await failure(client.metadata(file))).toMatchObject({ code: "ARCHIVE_INVALID" });
  });
});
