import { expect, test } from "vitest";
import { parsePythonRequest } from "../../src/python/index.ts";
import { chooseRelease, parseReleaseName, readChecksums, releaseKey } from "../../src/runtime/index.ts";

const keyOf = (filename: string): string | undefined => {
  const release = parseReleaseName(filename);
  return release === undefined ? undefined : `${releaseKey(release)} ${release.form} v${release.level}`;
};

test("names of released Pythons say what they hold", () => {
  expect(keyOf("cpython-3.12.8+20241219-x86_64-unknown-linux-gnu-install_only_stripped.tar.gz")).toBe(
    "cpython-3.12.8-linux-x86_64 standalone v1",
  );
  expect(keyOf("cpython-3.13.1+20241219-aarch64-unknown-linux-musl-freethreaded+lto-full.tar.zst")).toBe(
    "cpython-3.13.1t-linux-aarch64-musl standalone-full v1",
  );
  expect(keyOf("cpython-3.14.0rc1+20250808-x86_64_v3-unknown-linux-gnu-debug-full.tar.zst")).toBe(
    "cpython-3.14.0rc1d-linux-x86_64 standalone-full v3",
  );
  expect(keyOf("cpython-3.11.7+20240107-aarch64-apple-darwin-install_only.tar.gz")).toBe(
    "cpython-3.11.7-macos-aarch64 standalone v1",
  );
  expect(keyOf("cpython-3.9.18+20240107-i686-pc-windows-msvc-shared-install_only.tar.gz")).toBe(
    "cpython-3.9.18-windows-i686 standalone v1",
  );
  expect(keyOf("python-3.11.9-embed-amd64.zip")).toBe("cpython-3.11.9-windows-x86_64 embeddable v1");
  expect(keyOf("python.3.12.4.nupkg")).toBe("cpython-3.12.4-windows-x86_64 nuget v1");
  expect(keyOf("pythonarm64.3.13.0-rc1.nupkg")).toBe("cpython-3.13.0rc1-windows-aarch64 nuget v1");
  expect(keyOf("python-freethreaded.3.13.1.nupkg")).toBe("cpython-3.13.1t-windows-x86_64 nuget v1");
});

test.each([
  "SHA256SUMS",
  "cpython-3.12.8.tar.gz",
  "cpython-3.12.8+20241219-x86_64-unknown-linux-gnu.tar.gz.sha256",
  "",
])("%j is the name of none", (name) => expect(parseReleaseName(name)).toBeUndefined());

const names = [
  "cpython-3.11.9+20240814-x86_64-unknown-linux-gnu-install_only.tar.gz",
  "cpython-3.12.5+20240814-x86_64-unknown-linux-gnu-install_only.tar.gz",
  "cpython-3.12.5+20240814-x86_64-unknown-linux-gnu-install_only_stripped.tar.gz",
  "cpython-3.12.5+20240814-x86_64_v3-unknown-linux-gnu-install_only_stripped.tar.gz",
  "cpython-3.12.5+20240726-x86_64-unknown-linux-gnu-install_only_stripped.tar.gz",
  "cpython-3.12.5+20240814-x86_64-unknown-linux-musl-install_only_stripped.tar.gz",
  "cpython-3.12.10+20240814-aarch64-unknown-linux-gnu-install_only.tar.gz",
  "cpython-3.13.0rc1+20240814-x86_64-unknown-linux-gnu-install_only.tar.gz",
  "cpython-3.13.0rc1+20240814-x86_64-unknown-linux-gnu-freethreaded+lto-full.tar.zst",
];

const chosen = (request: string, libc: "glibc" | "musl" = "glibc"): string | undefined =>
  chooseRelease(
    names.flatMap((name) => parseReleaseName(name) ?? []),
    parsePythonRequest(request),
    { os: "linux", machine: "x86_64", libc },
  )?.filename;

test("the newest version that is asked for, in the newest and smallest build that runs on every such machine", () => {
  expect(chosen("3.12")).toBe(names[2]);
  expect(chosen("any")).toBe(names[2]);
  expect(chosen("3.11")).toBe(names[0]);
  expect(chosen(">=3.9,<3.12")).toBe(names[0]);
  expect(chosen("3.12", "musl")).toBe(names[5]);
  expect(chosen("3.11", "musl")).toBeUndefined();
});

test("a prerelease is taken by its exact name only", () => {
  expect(chosen("3.13")).toBeUndefined();
  expect(chosen(">=3.13")).toBeUndefined();
  expect(chosen("3.13.0rc1")).toBe(names[7]);
  expect(chosen("3.13.0rc1t")).toBe(names[8]);
});

test("lists of checksums: coreutils' lines, a digest alone, and nothing from other directories", () => {
  const [a, b, c] = ["a".repeat(64), "B".repeat(64), "c".repeat(64)];
  expect([...readChecksums(`${a}  one.tar.gz\r\n${b} *two.tar.gz\nnonsense\n${c}  ../three.tar.gz\n`)]).toEqual([
    ["one.tar.gz", a],
    ["two.tar.gz", b.toLowerCase()],
  ]);
  expect([...readChecksums(`${a}\n`, "alone.zip")]).toEqual([["alone.zip", a]]);
});
