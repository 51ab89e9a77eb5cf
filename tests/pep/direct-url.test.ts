import { expect, test } from "vitest";
import { type DirectUrl, formatDirectUrl, parseDirectUrl } from "../../src/pep/index.ts";

test("an archive, a checkout and a directory read back", () => {
  const all: readonly DirectUrl[] = [
    { url: "https://files.example/a.whl", archive: { hashes: { sha256: "ab" } } },
    {
      url: "https://git.example/r.git",
      subdirectory: "pkg",
      vcs: { vcs: "git", commitId: "c0ffee", requestedRevision: "v1" },
    },
    { url: "file:///home/a", directory: { editable: true } },
  ];
  for (const direct of all) expect(parseDirectUrl(formatDirectUrl(direct))).toEqual(direct);
});

test("the old form of a hash is taken", () => {
  const text = '{"url": "https://h/a", "archive_info": {"hash": "sha256=ab"}}';
  expect(parseDirectUrl(text).archive).toEqual({ hashes: { sha256: "ab" } });
});

test("a password is not written, names of variables are", () => {
  const written = (url: string): string => String(JSON.parse(formatDirectUrl({ url, archive: {} })).url);
  expect(written("https://user:secret@h/a?q#f")).toBe("https://h/a?q#f");
  expect(written("https://${USER}:${PASS}@h/a")).toBe("https://${USER}:${PASS}@h/a");
  expect(written("git+ssh://git@h/a")).toBe("git+ssh://git@h/a");
});

test.each([
  ["{", "it is not JSON"],
  ["[]", "the whole is not an object"],
  ['{"archive_info": {}}', "`url` is missing"],
  ['{"url": "https://h"}', "exactly one of `archive_info`, `vcs_info`, `dir_info` must be there"],
  ['{"url": "https://h", "dir_info": {}}', "must be an absolute `file://` one"],
  ['{"url": "https://h", "vcs_info": {"vcs": "git"}}', "`vcs_info.commit_id` is missing"],
  ['{"url": "https://h", "archive_info": {"hash": "md5=1", "hashes": {"md5": "2"}}}', "differ"],
])("%s is refused in words", (text, why) => {
  expect(() => parseDirectUrl(text)).toThrow(why);
});
