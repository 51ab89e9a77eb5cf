import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { absPath, isVenvoyError } from "../../src/base/index.ts";
import {
  ArchiveTree,
  checkArchivePath,
  foldedName,
  isWindowsDevice,
  posixPaths,
  safeJoin,
  windowsPaths,
} from "../../src/disk/index.ts";

function reasonOf(work: () => unknown): string | undefined {
  try {
    work();
  } catch (error) {
    if (isVenvoyError(error, "ARCHIVE_INVALID")) return String(error.data["reason"]);
    throw error;
  }
  return undefined;
}

describe("entries that every disk holds", () => {
  test.each([
    "demo/__init__.py",
    "demo-1.0.dist-info/RECORD",
    "demo/sub dir/ümläut.txt",
    "demo/aux.py",
    "share/man/man3/Foo::Bar.3",
    "demo/a.",
    ".hidden",
    "...",
    "demo/..data",
    `demo/${"e".repeat(60)}/${"e".repeat(60)}/${"e".repeat(60)}/${"e".repeat(60)}/x.py`,
  ])("%s", (entry) => {
    expect(checkArchivePath(entry)).toBe(entry);
  });

  test("a directory's name loses its slash", () => {
    expect(checkArchivePath("demo/sub/")).toBe("demo/sub");
  });
});

describe("entries that are refused", () => {
  test.each([
    ["", "has no name"],
    ["/", "has no name"],
    ["/etc/passwd", "is an absolute path"],
    ["../evil", "leaves its directory"],
    ["demo/../../evil", "leaves its directory"],
    ["demo/../demo2.py", "leaves its directory"],
    ["..", "leaves its directory"],
    ["demo//b.py", "has an empty path segment"],
    ["./demo.py", "has an empty path segment"],
    ["demo/.", "has an empty path segment"],
    ["C:/evil.txt", "names a Windows drive"],
    ["c:evil.txt", "names a Windows drive"],
    ["demo/C:/evil.txt", "names a Windows drive"],
    ["..\\evil", "holds a backslash"],
    ["\\\\server\\share\\x", "holds a backslash"],
    ["demo/a\0.py", "holds a zero byte"],
    ["demo/a\nb.py", "holds a control character"],
    ["demo/\u001b[2J", "holds a control character"],
    ["demo\u2215evil", "holds a character that looks like a path separator"],
    ["..\uff0fevil", "holds a character that looks like a path separator"],
    ["..\uff3cevil", "holds a character that looks like a path separator"],
    ["demo/\ud800.py", "is not valid Unicode"],
    [`demo/${"n".repeat(256)}`, "has a name longer than 255 bytes"],
    [`demo/${"ü".repeat(128)}`, "has a name longer than 255 bytes"],
    [`${"d/".repeat(1100)}x`, "is longer than 2048 bytes"],
  ])("%j %s", (entry, reason) => {
    expect(reasonOf(() => checkArchivePath(entry))).toBe(reason);
    expect(reasonOf(() => safeJoin(absPath("/site"), entry))).toBe(reason);
  });

  test.each([
    ["demo/x.py.", "ends with a dot or a blank, which Windows drops"],
    ["demo/y.py ", "ends with a dot or a blank, which Windows drops"],
    ["demo/__init__.py:evil", "names an alternate data stream of Windows"],
    ["demo/aux.py", "is the name of a Windows device"],
    ["NUL", "is the name of a Windows device"],
    ["demo/COM1.txt", "is the name of a Windows device"],
    ["demo/a?b", "holds a character that Windows doesn't allow"],
  ])("%j %s, on Windows only", (entry, reason) => {
    expect(reasonOf(() => checkArchivePath(entry, { windows: true }))).toBe(reason);
    expect(reasonOf(() => safeJoin(absPath("C:\\site"), entry))).toBe(reason);
    expect(checkArchivePath(entry)).toBe(entry);
  });

  test("the message shows hostile names without their control characters", () => {
    expect(() => checkArchivePath("a\u001b[31m\n/../b")).toThrow("a\\x1b[31m\\x0a/../b");
  });
});

test("Windows devices are known with extensions, blanks and any case; look-alikes are not", () => {
  for (const name of ["con", "CON.txt", "nul .x", "LPT9", "com\u00b9", "conin$", "aux:"]) {
    expect(isWindowsDevice(name), name).toBe(true);
  }
  for (const name of ["console", "com", "com10", "nullable.py", "lpt", "auxiliary"]) {
    expect(isWindowsDevice(name), name).toBe(false);
  }
});

test.each([
  ["posix", posixPaths, "/data/site"],
  ["windows", windowsPaths, "C:\\data\\site"],
] as const)("whatever is joined stays inside (%s)", (_name, style, root) => {
  const piece = fc.oneof(
    fc.constantFrom("..", ".", "", "a", "C:", "\\", "\0", "con", " ", "\u2215", "....", "~", "..\\..", "%2e%2e"),
    fc.string({ unit: "binary", maxLength: 6 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      const entry = pieces.join("/");
      let joined: string;
      try {
        joined = safeJoin(absPath(root), entry);
      } catch (error) {
        expect(isVenvoyError(error, "ARCHIVE_INVALID")).toBe(true);
        return;
      }
      expect(style.isInside(absPath(root), absPath(joined))).toBe(true);
      expect(joined).not.toBe(root);
    }),
  );
});

describe("the names of one archive", () => {
  test("directories come before what lies in them, named or not", () => {
    const tree = new ArchiveTree();
    for (const entry of ["a/b/c.py", "a/", "d.py", "a/b/e.py"]) tree.add(entry);
    expect(tree.directories).toEqual(["a", "a/b"]);
    expect(tree.files).toEqual(["a/b/c.py", "d.py", "a/b/e.py"]);
  });

  test.each([
    [["demo/x", "demo/x"], "appears twice"],
    [["demo/x", "demo/x/y.py"], "is a file and a directory at once"],
    [["demo/x/y.py", "demo/x"], "is a file and a directory at once"],
    [["demo/x", "demo/x/"], "is a file and a directory at once"],
  ])("%j: the last one %s", (entries, reason) => {
    const tree = new ArchiveTree();
    const last = entries.at(-1) ?? "";
    for (const entry of entries.slice(0, -1)) tree.add(entry);
    expect(reasonOf(() => tree.add(last))).toBe(reason);
  });

  test("names that differ by case are two on Linux and one elsewhere", () => {
    const entries = ["demo/__init__.py", "Demo/x.py"];
    const plain = new ArchiveTree();
    for (const entry of entries) plain.add(entry);
    expect(plain.files).toEqual(entries);
    const folding = new ArchiveTree({ foldsCase: true });
    folding.add("demo/__init__.py");
    expect(reasonOf(() => folding.add("Demo/x.py"))).toBe("differs from `demo` only by case or Unicode form");
    expect(foldedName("Stra\u00dfe\u0301")).toBe(foldedName("STRASS\u00c9"));
  });
});
