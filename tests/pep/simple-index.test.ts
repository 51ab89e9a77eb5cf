import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isVenvoyError, SafeUrl } from "../../src/base/index.ts";
import { type IndexFile, parseSimplePage } from "../../src/pep/index.ts";
import { cpuMs } from "../kit/cpu-time.ts";

const base = SafeUrl.parse("https://user:secret@index.example/simple/numpy/");
const digest = "a".repeat(64);

const page = (body: string): string => `<!DOCTYPE html><html><head></head><body>${body}</body></html>`;
const files = (body: string | Uint8Array, from = base): readonly IndexFile[] => parseSimplePage(body, from).files;
const one = (body: string): IndexFile => {
  const [file, ...others] = files(page(body));
  expect(others).toEqual([]);
  if (file === undefined) throw new Error("the page has no file");
  return file;
};
const names = (body: string): string[] => files(page(body)).map((file) => file.filename);

describe("an HTML page", () => {
  it("gives name, address, digest and what PEP 592, 658 and 700 add", () => {
    const file = one(
      `<a href="../../packages/numpy-1.0.tar.gz#sha256=${digest.toUpperCase()}" data-requires-python="&gt;=3.8,&lt;4"
        data-yanked="broken &amp; slow" data-dist-info-metadata="sha256=${digest}" data-upload-time="2024-03-24T01:02:03.456789Z"
        data-size="1234">numpy-1.0.tar.gz</a><br/>`,
    );
    expect(file.filename).toBe("numpy-1.0.tar.gz");
    expect(file.url.toString()).toBe("https://****:****@index.example/packages/numpy-1.0.tar.gz");
    expect(file.url.reveal()).toBe("https://user:secret@index.example/packages/numpy-1.0.tar.gz");
    expect(file.hashes).toEqual({ sha256: digest });
    expect(file.requiresPython).toBe(">=3.8,<4");
    expect(file.yanked).toBe("broken & slow");
    expect(file.metadataHashes).toEqual({ sha256: digest });
    expect(file.uploadTimeMs).toBe(Date.UTC(2024, 2, 24, 1, 2, 3, 456));
    expect(file.sizeBytes).toBe(1234);
  });

  it("leaves out what the page does not say", () => {
    const file = one('<a href="numpy-1.0.zip">x</a>');
    expect(file.hashes).toEqual({});
    expect(file.yanked).toBe(false);
    expect(file.requiresPython).toBeUndefined();
    expect(file.metadataHashes).toBeUndefined();
    expect(file.uploadTimeMs).toBeUndefined();
    expect(file.url.toString()).toBe("https://****:****@index.example/simple/numpy/numpy-1.0.zip");
  });

  it.each([
    ["upper case and no quotes", "<A HREF=numpy-1.whl>x</A>"],
    ["single quotes and blanks", "<a\n class='x'\thref = 'numpy-1.whl' >x</a>"],
    ["an unquoted `>` in another attribute", '<a data-requires-python=">=3.8" href="numpy-1.whl">x</a>'],
    ["a query", '<a href="numpy-1.whl?token=a/b#sha256=00">x</a>'],
    ["percent escapes", '<a href="nump%79-1.whl">x</a>'],
    ["character references", '<a href="numpy&#45;1&#x2e;whl">x</a>'],
    ["blanks around the link", '<a href="  numpy-1.whl \n">x</a>'],
    ["a repeated attribute", '<a href="numpy-1.whl" href="evil-1.whl">x</a>'],
    ["another host", '<a href="https://files.example/a/b/numpy-1.whl">x</a>'],
    ["no scheme", '<a href="//files.example/numpy-1.whl">x</a>'],
    ["an end tag that is missing", '<a href="numpy-1.whl">x'],
    ["a self-closing tag", '<a href="numpy-1.whl"/>'],
    ["a comment before", '<!-- <a href="old-1.whl"> --><a href="numpy-1.whl">x</a>'],
    ["a script before", '<script>x = "<a href=old-1.whl>"</script><a href="numpy-1.whl">x</a>'],
    ["a link in another attribute", '<div title="<a href=old-1.whl>"></div><a href="numpy-1.whl">x</a>'],
  ])("reads a link with %s", (_, body) => {
    expect(names(body)).toEqual(["numpy-1.whl"]);
  });

  it("keeps a local version and names of any script", () => {
    expect(names('<a href="torch-2.0%2Bcu118-cp311.whl">x</a><a href="%E2%82%AC-1.zip">x</a>')).toEqual([
      "torch-2.0+cu118-cp311.whl",
      "€-1.zip",
    ]);
  });

  it.each([
    ["a directory", '<a href="../">up</a>'],
    ["an anchor", '<a name="x">x</a><a>y</a>'],
    ["an escape from the directory", '<a href="%2e%2e%2fevil.whl">x</a>'],
    ["a backslash", '<a href="..\\evil.whl">x</a><a href="a%5cevil.whl">x</a>'],
    ["a control character", '<a href="a%00b.whl">x</a><a href="a%0ab.whl">x</a>'],
    [
      "another scheme",
      '<a href="javascript:alert(1)">x</a><a href="ftp://x/a.whl">x</a><a href="data:,a.whl">x</a><a href="java\nscript:a.whl">x</a>',
    ],
    ["this machine's files", '<a href="file:///etc/passwd.whl">x</a>'],
    ["a dot", '<a href=".">x</a><a href="a/..">x</a>'],
  ])("passes over %s", (_, body) => {
    expect(names(body)).toEqual([]);
  });

  it("counts what it passes over", () => {
    expect(
      parseSimplePage(page('<a href="../">up</a><a href="ftp://x/a.whl">x</a><a href="a.whl">'), base).ignored,
    ).toBe(2);
  });

  it("lets a page on the disk link to files", () => {
    const from = SafeUrl.parse("file:///srv/links/index.html");
    expect(
      files(page('<a href="file:///srv/a.whl">x</a><a href="b.whl">'), from).map((file) => file.url.toString()),
    ).toEqual(["file:///srv/a.whl", "file:///srv/links/b.whl"]);
  });

  it("resolves against the first base, wherever it stands", () => {
    const body = '<a href="a.whl">x</a><base href="/files/"><base href="https://evil.example/">';
    expect(files(page(body))[0]?.url.reveal()).toBe("https://user:secret@index.example/files/a.whl");
    const broken = '<base href="https://[bad"><base href="/files/"><a href="a.whl">';
    expect(files(page(broken))[0]?.url.reveal()).toContain("/files/a.whl");
    expect(files(page('<base href="file:///etc/"><a href="a.whl">'))[0]?.url.reveal()).toContain("/simple/numpy/a.whl");
  });

  it("fails for a link that is no address only when it is used, without its password", () => {
    const [broken, sound] = files(page('<a href="https://me:pass@[bad/a.whl">x</a><a href="b.whl">x</a>'));
    expect(sound?.url.toString()).toContain("b.whl");
    try {
      expect(broken?.url).toBe("never");
    } catch (error) {
      expect(isVenvoyError(error, "INDEX_INVALID")).toBe(true);
      expect(String(error)).not.toContain("pass");
    }
  });

  it.each([
    ["", false, undefined],
    ['data-yanked=""', "", undefined],
    ["data-yanked", "", undefined],
    ['data-core-metadata="true"', false, true],
    ["data-dist-info-metadata=true", false, true],
    ['data-core-metadata="false" data-dist-info-metadata="true"', false, undefined],
    ['data-core-metadata="md5=0&sha256=1"', false, { md5: "0", sha256: "1" }],
    ['data-core-metadata="nonsense"', false, true],
  ])("takes `%s` as the standards say", (attributes, yanked, metadata) => {
    const file = one(`<a href="a.whl" ${attributes}>x</a>`);
    expect(file.yanked).toBe(yanked);
    expect(file.metadataHashes).toEqual(metadata);
  });

  it("decodes references as browsers do", () => {
    const reason = (text: string): unknown => one(`<a href="a.whl" data-yanked="${text}">x</a>`).yanked;
    expect(reason("&lt;&gt;&amp;&quot;&apos;&#39;&#x27;")).toBe("<>&\"''\u0027");
    expect(reason("&lt=3 &ltx &copy; &#0; &#xD800; &#1114112; &")).toBe("&lt=3 &ltx &copy; \ufffd \ufffd \ufffd &");
    expect(reason("&lt 3")).toBe("< 3");
  });

  it("tells the project's status, and refuses another protocol", () => {
    const status =
      '<meta name="pypi:project-status" content="quarantined"><meta name="pypi:project-status-reason" content="r">';
    expect(parseSimplePage(page(status), base)).toMatchObject({ status: "quarantined", statusReason: "r" });
    expect(files(page('<meta name="pypi:repository-version" content="1.9"><a href="a.whl">'))).toHaveLength(1);
    expect(() => files(page('<meta name="pypi:repository-version" content="2.0">'))).toThrow(
      "version 2.0 of the protocol",
    );
  });
});

describe("a JSON page", () => {
  const json = (extra: Record<string, unknown> = {}, ...entries: unknown[]): string =>
    JSON.stringify({ meta: { "api-version": "1.1" }, name: "numpy", files: entries, ...extra });
  const entry = { filename: "numpy-1.0.whl", url: "https://files.example/numpy-1.0.whl", hashes: {} };

  it("gives the same as HTML, and names, versions and status besides", () => {
    const body = json(
      { versions: ["1.0"], "project-status": { status: "archived", reason: "old" } },
      {
        ...entry,
        hashes: { SHA256: digest.toUpperCase(), bogus: "x" },
        "requires-python": ">=3.8",
        size: 5,
        "upload-time": "2024-03-24T01:02:03Z",
        yanked: "bad",
        "core-metadata": { sha256: digest },
        "dist-info-metadata": false,
      },
    );
    const read = parseSimplePage(` \n${body}`, base);
    expect(read).toMatchObject({
      name: "numpy",
      versions: ["1.0"],
      status: "archived",
      statusReason: "old",
      ignored: 0,
    });
    const [file] = read.files;
    expect(file?.url.toString()).toBe("https://files.example/numpy-1.0.whl");
    expect(file?.hashes).toEqual({ sha256: digest });
    expect(file?.metadataHashes).toEqual({ sha256: digest });
    expect(file).toMatchObject({ requiresPython: ">=3.8", sizeBytes: 5, yanked: "bad" });
    expect(file?.uploadTimeMs).toBe(Date.UTC(2024, 2, 24, 1, 2, 3));
  });

  it.each([
    [{ yanked: true }, ""],
    [{ yanked: false }, false],
    [{ yanked: "" }, false],
    [{ yanked: 1 }, false],
  ])("takes %j for yanked as PEP 691 says", (extra, yanked) => {
    expect(files(json({}, { ...entry, ...extra }))[0]?.yanked).toBe(yanked);
  });

  it("passes over entries of the wrong shape", () => {
    const read = parseSimplePage(
      json(
        {},
        null,
        1,
        [],
        {},
        { ...entry, url: 1 },
        { ...entry, filename: "../x" },
        { ...entry, url: "ftp://x/a.whl" },
        entry,
      ),
      base,
    );
    expect(read.files.map((file) => file.filename)).toEqual(["numpy-1.0.whl"]);
    expect(read.ignored).toBe(7);
    expect(files(json({}, { ...entry, size: -1, "upload-time": "today", "core-metadata": {} }))[0]).toMatchObject({
      metadataHashes: true,
    });
  });

  it.each([
    "{",
    '{"files": {}}',
    '{"name": "x"}',
    '{"meta": {"api-version": "2.0"}, "files": []}',
    '{"meta": {"api-version": 1}, "files": []}',
  ])("refuses %s", (body) => {
    expect(() => files(body)).toThrow("not an index page");
  });
});

describe("the body decides", () => {
  it("takes bytes with a byte order mark", () => {
    expect(files(new TextEncoder().encode(`\ufeff${page('<a href="a.whl">')}`))).toHaveLength(1);
    expect(files(new TextEncoder().encode('\ufeff{"files": []}'))).toEqual([]);
  });

  it.each(["", " \n", "not found", '<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>', "\u0000\u0001"])(
    "refuses %j",
    (body) => {
      expect(() => files(body)).toThrow(
        "`https://****:****@index.example/simple/numpy/` answered with something that is not an index page",
      );
    },
  );

  it("never fails in another way, whatever the page holds", () => {
    const piece = fc.constantFrom(
      "<",
      ">",
      "<a ",
      "href=",
      '"',
      "'",
      "x.whl",
      "<!--",
      "-->",
      "<script>",
      "</script",
      "&",
      "#",
      "=",
      " ",
      "/",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        try {
          for (const file of files(`<html>${pieces.join("")}`)) expect(file.filename).not.toMatch(/[/\\]/);
        } catch (error) {
          expect(isVenvoyError(error, "INDEX_INVALID")).toBe(true);
        }
      }),
    );
  });

  it("needs time in proportion to the page", () => {
    const hostile = [
      "<a ",
      "<a href='",
      "<!--",
      "<script>",
      '<a x="',
      "<",
      "</",
      "&",
      "<a href=x.whl &amp",
      "<a =",
      "</script",
    ];
    for (const unit of hostile) {
      const started = cpuMs();
      files(`<html>${unit.repeat(300_000)}`);
      expect(cpuMs() - started).toBeLessThan(10_000);
    }
  });
});
