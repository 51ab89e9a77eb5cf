import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { testContext } from "../kit/context.ts";
import { tempDir } from "../kit/temp.ts";
import { type Files, pictureOf, plant, report, sha256 } from "./tree-doctor-bench.ts";

describe("a moved conda prefix", () => {
  const placeholder = `/build/${"placehold_".repeat(12)}end`;
  const prefix = "/opt/c/env";
  const data = (place: string, length: number): Buffer => {
    const text = Buffer.from(`\x7fno elf\0\0head\0${place}/share/data:${place}/lib\0`, "latin1");
    return Buffer.concat([text, Buffer.alloc(length - text.length), Buffer.from("\0tail\0", "latin1")]);
  };
  const built = data(placeholder, 400);
  const files = (): Files => {
    const binary = data(prefix, 400);
    const script = `#!${prefix}/bin/python\n`;
    const entry = (path: string, mode: string, content: string | Uint8Array) => ({
      _path: path,
      path_type: "hardlink",
      sha256: sha256(mode === "binary" ? built : "x").toString("hex"),
      sha256_in_prefix: sha256(content).toString("hex"),
      size_in_bytes: content.length,
      file_mode: mode,
      prefix_placeholder: placeholder,
    });
    const paths = [entry("lib/libdata.so", "binary", binary), entry("bin/tool", "text", script)];
    return {
      "conda-meta/history": "",
      "conda-meta/data-1.0-0.json": JSON.stringify(
        { name: "data", paths_data: { paths_version: 1, paths } },
        undefined,
        2,
      ),
      "lib/libdata.so": binary,
      "bin/tool": script,
      "bin/python": "",
    };
  };

  test("text and compiled files, with the digests that conda keeps", async () => {
    const t = await testContext();
    const root = plant(tempDir("conda"), files());
    const longer = `/opt/${"longer_".repeat(10)}env`;
    expect(await report(t, root)).toMatchObject({ kind: "conda", former: [{ path: prefix }], exit: 3 });
    const { repair } = await report(t, root, "--fix", "--to", longer);
    expect(repair?.changed).toEqual(["bin/tool", "lib/libdata.so", "conda-meta/data-1.0-0.json"]);
    const moved = readFileSync(join(root, "lib/libdata.so"));
    expect(moved.equals(data(longer, 400))).toBe(true);
    const record = JSON.parse(readFileSync(join(root, "conda-meta/data-1.0-0.json"), "utf8"));
    for (const { _path, sha256_in_prefix, size_in_bytes } of record.paths_data.paths) {
      const content = readFileSync(join(root, _path));
      expect([sha256_in_prefix, size_in_bytes]).toEqual([sha256(content).toString("hex"), content.length]);
    }
    // To the placeholder's own place and it is what the package held.
    await report(t, root, "--fix", "--from", longer, "--to", placeholder);
    expect(sha256(readFileSync(join(root, "lib/libdata.so"))).equals(sha256(built))).toBe(true);
  });

  test("a place that is too long for a compiled file is refused before anything changes", async () => {
    const t = await testContext();
    const root = plant(tempDir("conda"), files());
    const before = pictureOf(root);
    const said = await t.venvoy("doctor", root, "--fix", "--to", `${placeholder}/and/more`);
    expect(said.exit).toBe(1);
    expect(said.err).toContain("`lib/libdata.so` holds the path in its data, with room for");
    expect(pictureOf(root)).toEqual(before);
  });
});

test("records of an old conda say nothing of prefixes: then the package's own list does", async () => {
  const t = await testContext();
  const cached = plant(tempDir("pkgs"), {
    "info/has_prefix":
      '"/mark/of/the/package" binary "lib/with blank.so"\n/mark/of/the/package text etc/x.conf\nbin/bare\n',
  });
  const was = "/opt/c/e";
  const root = plant(tempDir("conda"), {
    "conda-meta/x-1-0.json": JSON.stringify({ name: "x", files: ["lib/with blank.so"], extracted_package_dir: cached }),
    "lib/with blank.so": Buffer.from(`\0\0${was}/data${"\0".repeat(13)}end\0`, "latin1"),
    "etc/x.conf": `${was}\n`,
    "bin/tool": `#!${was}/bin/python\n`,
    "bin/python": "",
  });
  const tooLong = await t.venvoy("doctor", root, "--fix", "--to", "/opt/c/longer/than/the/mark");
  expect(tooLong.err).toContain("`lib/with blank.so` holds the path in its data");
  expect((await report(t, root, "--fix", "--to", "/opt/c/env-13")).repair?.stuck).toEqual([]);
  expect(readFileSync(join(root, "lib/with blank.so"), "latin1")).toBe(`\0\0/opt/c/env-13/data${"\0".repeat(8)}end\0`);
  expect(readFileSync(join(root, "etc/x.conf"), "utf8")).toBe("/opt/c/env-13\n");
});
