import { describe, expect, test } from "vitest";
import { type AbsPath, absPath, SafeUrl } from "../../src/base/index.ts";
import type { IndexStrategy } from "../../src/pypi/index.ts";
import { htmlPage, indexServer } from "../kit/index-server.ts";
import { wheel } from "../kit/wheel.ts";
import { cacheDir, clientOf, failure, io, name, newest, served, versionsOf } from "./setup.ts";

describe("two indexes with one name", () => {
  const inHouse = { lib: [served("lib", "1.0"), served("lib", "2.0")] };
  const outside = { lib: [served("lib", "2.0"), served("lib", "99.0")], other: [served("other", "1.0")] };

  async function releases(strategy: IndexStrategy, project = "lib"): Promise<readonly string[]> {
    await using first = await indexServer(inHouse);
    await using second = await indexServer(outside);
    const client = clientOf(io(), undefined, { strategy, indexes: [{ url: first.url }, { url: second.url }] });
    const listing = await client.listing(name(project));
    return (listing?.releases ?? []).map((release) => {
      const origins = release.files.map((file) =>
        file.index.toString() === first.url.toString() ? "first" : "second",
      );
      return `${release.versionText} tier ${release.tier} ${origins.join("+")}`;
    });
  }

  test("first-index: the first that has the name provides all of it", async () => {
    expect(await releases("first-index")).toEqual(["1.0 tier 0 first", "2.0 tier 0 first"]);
    expect(await releases("first-index", "other")).toEqual(["1.0 tier 0 second"]);
  });

  test("unsafe-first-match: versions of the first go before all of the second", async () => {
    expect(await releases("unsafe-first-match")).toEqual([
      "1.0 tier 0 first",
      "2.0 tier 0 first",
      "2.0 tier 1 second",
      "99.0 tier 1 second",
    ]);
  });

  test("unsafe-best-match: the versions of both, in one order", async () => {
    expect(await releases("unsafe-best-match")).toEqual([
      "1.0 tier 0 first",
      "2.0 tier 0 first+second",
      "99.0 tier 0 second",
    ]);
  });
});

test("a second index isn't even asked for what the first has", async () => {
  await using first = await indexServer({ lib: [served("lib", "1.0")] });
  await using second = await indexServer({ lib: [served("lib", "99.0")] });
  const client = clientOf(io(), undefined, { indexes: [{ url: first.url }, { url: second.url }] });
  expect(await versionsOf(client, "lib")).toEqual(["1.0"]);
  expect(second.requests).toEqual([]);
});

test("a failing first index is a failure, not a reason to ask the second", async () => {
  await using first = await indexServer({});
  await using second = await indexServer({ lib: [served("lib", "99.0")] });
  first.on("/simple/lib/", (_request, response) => response.writeHead(503).end());
  const client = clientOf(io(), undefined, { indexes: [{ url: first.url }, { url: second.url }], retries: 0 });
  expect(await failure(client.listing(name("lib")))).toMatchObject({ code: "INDEX_UNREACHABLE" });
  expect(second.requests).toEqual([]);
});

test("an explicit index serves only what is pinned to it, and that alone", async () => {
  await using torch = await indexServer({ torch: [served("torch", "2.0")], numpy: [served("numpy", "0.1")] });
  await using main = await indexServer({ torch: [served("torch", "9.0")], numpy: [served("numpy", "2.0")] });
  const client = clientOf(io(), undefined, {
    indexes: [{ url: torch.url, name: "gpu", explicit: true }, { url: main.url }],
    pins: new Map([
      [name("torch"), "gpu"],
      [name("scipy"), "gpu"],
    ]),
  });
  expect(await versionsOf(client, "torch")).toEqual(["2.0"]);
  expect(await versionsOf(client, "numpy")).toEqual(["2.0"]);
  expect(await versionsOf(client, "scipy")).toBeUndefined();
  expect(main.paths()).toEqual(["/simple/numpy/"]);
});

test("a pin to an index that isn't there is told", async () => {
  await using main = await indexServer({ torch: [served("torch", "9.0")] });
  const client = clientOf(io(), main, { pins: new Map([[name("torch"), "gpu"]]) });
  expect(await failure(client.listing(name("torch")))).toMatchObject({ code: "CONFIG_INVALID" });
});

test("caches of two indexes are kept apart", async () => {
  await using first = await indexServer({ lib: [served("lib", "1.0")] });
  await using second = await indexServer({ lib: [served("lib", "2.0")] });
  const ports = io();
  expect(await versionsOf(clientOf(ports, first), "lib")).toEqual(["1.0"]);
  expect(await versionsOf(clientOf(ports, second), "lib")).toEqual(["2.0"]);
});

describe("find-links", () => {
  async function withDirectory(dir: string, files: Readonly<Record<string, Uint8Array | string>>) {
    const ports = io();
    await ports.fs.makeDir(absPath(dir));
    for (const [file, content] of Object.entries(files)) await ports.fs.write(absPath(`${dir}/${file}`), content);
    return ports;
  }

  test("a directory offers its files besides the index", async () => {
    const ports = await withDirectory("/opt/my wheels", {
      "demo-3.0-py3-none-any.whl": wheel("demo", "3.0", { requires: ["idna"] }),
      "demo-1.0-py3-none-any.whl": wheel("demo", "1.0"),
      "other_thing-1.0.tar.gz": "sdist",
      "notes.txt": "",
    });
    await using server = await indexServer({ demo: [served("demo", "1.0"), served("demo", "2.0")] });
    const client = clientOf(ports, server, { findLinks: [SafeUrl.parse("file:///opt/my%20wheels")] });
    expect(await versionsOf(client, "demo")).toEqual(["1.0", "2.0", "3.0"]);
    const file = await newest(client, "demo");
    expect(file.url.toString()).toBe("file:///opt/my%20wheels/demo-3.0-py3-none-any.whl");
    expect((await client.metadata(file)).requiresDist).toEqual(["idna"]);
    expect((await newest(client, "other-thing")).kind).toBe("sdist");
    // Equal versions: the nearer file first.
    const first = (await client.listing(name("demo")))?.releases[0]?.files[0];
    expect(first?.url.toString()).toMatch(/^file:/);
  });

  test("without an index is enough, also offline", async () => {
    const ports = await withDirectory("/w", { "demo-3.0-py3-none-any.whl": wheel("demo", "3.0") });
    const client = clientOf(ports, undefined, { findLinks: [SafeUrl.parse("file:///w")], offline: true });
    expect(await versionsOf(client, "demo")).toEqual(["3.0"]);
    expect(await versionsOf(client, "absent")).toBeUndefined();
  });

  test("a directory that doesn't exist is told once and passed over", async () => {
    const ports = io();
    await using server = await indexServer({ demo: [served("demo", "1.0")], other: [served("other", "1.0")] });
    const client = clientOf(ports, server, { findLinks: [SafeUrl.parse("file:///opt/none")] });
    expect([await versionsOf(client, "demo"), await versionsOf(client, "other")]).toEqual([["1.0"], ["1.0"]]);
    expect(ports.reporter.events).toEqual([
      {
        type: "notice",
        level: "info",
        code: "FIND_LINKS_ABSENT",
        text: "`/opt/none` is named as a place to find packages, but does not exist",
      },
    ]);
  });

  test("a page offers its links, and is kept for offline", async () => {
    await using server = await indexServer({});
    const files = [served("demo", "1.0", { url: "/dl/demo-1.0-py3-none-any.whl" })];
    server.on("/links.html", (_request, response) => response.end(htmlPage("links", files)));
    const ports = io();
    const findLinks = [SafeUrl.parse(`${server.origin}/links.html`)];
    const file = await newest(clientOf(ports, undefined, { findLinks }), "demo");
    expect(file.url.toString()).toBe(`${server.origin}/dl/demo-1.0-py3-none-any.whl`);
    expect(await versionsOf(clientOf(ports, undefined, { findLinks, offline: true }), "demo")).toEqual(["1.0"]);
    const fresh = clientOf(io(), undefined, { findLinks, offline: true });
    expect(await failure(fresh.listing(name("demo")))).toMatchObject({ code: "OFFLINE_MISSING" });
  });
});

describe("an index on the disk", () => {
  const root = "/srv/simple";
  const client = (ports: ReturnType<typeof io>) =>
    clientOf(ports, undefined, { indexes: [{ url: SafeUrl.parse(`file://${root}`) }], offline: true });

  test.each(["a page per project", "a directory of files per project"])("as %s", async (form) => {
    const ports = io();
    const dir = absPath(`${root}/demo`);
    await ports.fs.makeDir(dir);
    const file = served("demo", "1.0", { requires: ["idna"], url: "demo-1.0-py3-none-any.whl" });
    await ports.fs.write(absPath(`${dir}/${file.filename}`), file.content);
    if (form.startsWith("a page")) await ports.fs.write(absPath(`${dir}/index.html`), htmlPage("demo", [file]));
    const source = client(ports);
    const listed = await newest(source, "demo");
    expect((await source.metadata(listed)).requiresDist).toEqual(["idna"]);
    await source.fetch(listed, absPath("/tmp-demo.whl"));
    expect(await source.listing(name("none"))).toBeUndefined();
    expect(await source.names("demoo")).toContain("demo");
  });
});

test("names that are nearly right come from what this machine has heard of and from what is widely used", async () => {
  await using server = await indexServer({ "my-company-tools": [served("my-company-tools", "1.0")] });
  const ports = io();
  await versionsOf(clientOf(ports, server), "my-company-tools");
  const later = clientOf(ports, server, { offline: true });
  expect(await later.names("my-compny-tools")).toEqual(["my-company-tools"]);
  expect(await later.names("numpi")).toContain("numpy");
  expect(await later.names("zzzzzzzzzzzzzzzz")).toEqual([]);
});

test("nothing of a cache leaves its directory, whatever the index is called", async () => {
  await using server = await indexServer({ demo: [served("demo", "1.0")] });
  const ports = io();
  const url = SafeUrl.parse(`${server.origin}/a/../simple/%2e%2e%2f%2e%2e/../`);
  await failure(clientOf(ports, undefined, { indexes: [{ url }] }).listing(name("demo")));
  const entries = (await ports.fs.list(ports.fs.path.directory(cacheDir) as AbsPath)) ?? [];
  expect(entries.map((entry) => entry.name)).toEqual(["venvoy"]);
});
