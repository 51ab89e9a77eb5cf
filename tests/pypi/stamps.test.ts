import { describe, expect, it } from "vitest";
import { absPath, SafeUrl } from "../../src/base/index.ts";
import { indexServer } from "../kit/index-server.ts";
import { clientOf, io, name, served } from "./setup.ts";

const hour = 3_600_000;

describe("PackageSource.stamp", () => {
  it("is told without the network, while the page is fresh", async () => {
    await using server = await indexServer({ lib: [served("lib", "1.0")] });
    const ports = io();
    const client = clientOf(ports, server);
    expect(await client.stamp(name("lib"))).toBeUndefined();
    await client.listing(name("lib"));
    const before = server.requests.length;
    const stamp = await clientOf(ports, server).stamp(name("lib"));
    expect(stamp).toBeDefined();
    expect(await clientOf(ports, server).stamp(name("lib"))).toBe(stamp);
    ports.clock.advance(48 * hour);
    expect(await clientOf(ports, server).stamp(name("lib"))).toBeUndefined();
    expect(await clientOf(ports, server, { offline: true }).stamp(name("lib"))).toBe(stamp);
    expect(await clientOf(ports, server, { offline: true, refresh: true }).stamp(name("lib"))).toBe(stamp);
    expect(server.requests).toHaveLength(before);
  });

  it("differs when the page does, and stays when it was only asked for again", async () => {
    await using server = await indexServer({ lib: [served("lib", "1.0")] }, { etags: true });
    const ports = io();
    const ask = async (): Promise<string | undefined> => {
      const client = clientOf(ports, server);
      await client.listing(name("lib"));
      return client.stamp(name("lib"));
    };
    const first = await ask();
    ports.clock.advance(48 * hour);
    expect(await ask()).toBe(first);
    ports.clock.advance(48 * hour);
    server.packages["lib"] = [served("lib", "1.0"), served("lib", "2.0")];
    const second = await ask();
    expect(second).toBeDefined();
    expect(second).not.toBe(first);
  });

  it("tells a name that no index has, and one index from another", async () => {
    await using one = await indexServer({});
    await using two = await indexServer({ lib: [served("lib", "1.0")] });
    const ports = io();
    const stampOf = async (indexes: readonly { url: SafeUrl }[]): Promise<string | undefined> => {
      const client = clientOf(ports, undefined, { indexes });
      await client.listing(name("lib"));
      return client.stamp(name("lib"));
    };
    const stamps = [
      await stampOf([{ url: one.url }]),
      await stampOf([{ url: two.url }]),
      await stampOf([{ url: one.url }, { url: two.url }]),
    ];
    expect(stamps).not.toContain(undefined);
    expect(new Set(stamps).size).toBe(3);
    // The first index that has the name is the last one asked.
    expect(await stampOf([{ url: two.url }, { url: one.url }])).toBe(stamps[1]);
  });

  it("counts every file of a directory of --find-links, and gives up on pages and indexes that would have to be read", async () => {
    await using server = await indexServer({ lib: [served("lib", "1.0")] });
    const ports = io();
    await ports.fs.makeDir(absPath("/wheels"));
    const findLinks = [SafeUrl.parse("file:///wheels/")];
    const client = clientOf(ports, server, { findLinks });
    await client.listing(name("lib"));
    const before = await client.stamp(name("lib"));
    await ports.fs.write(absPath("/wheels/lib-3.0-py3-none-any.whl"), "not read here");
    const after = await clientOf(ports, server, { findLinks }).stamp(name("lib"));
    expect(before).toBeDefined();
    expect(after).toBeDefined();
    expect(after).not.toBe(before);
    const page = [SafeUrl.parse(`${server.origin}/links.html`)];
    expect(await clientOf(ports, server, { findLinks: page }).stamp(name("lib"))).toBeUndefined();
    const indexes = [{ url: SafeUrl.parse("file:///index/") }];
    expect(await clientOf(ports, undefined, { indexes }).stamp(name("lib"))).toBeUndefined();
  });
});
