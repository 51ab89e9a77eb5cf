import { describe, expect, test } from "vitest";
import { isAffected, parseVersion, readIndexAdvisories, readOsv } from "../../src/pep/index.ts";

function osv(events: readonly object[], more: object = {}) {
  const affected = [
    { package: { ecosystem: "PyPI", name: "Demo.Kit" }, ranges: [{ type: "ECOSYSTEM", events }], ...more },
  ];
  const [read] = readOsv({ id: "X-1", affected });
  if (read === undefined) throw new Error("the record says nothing");
  return read;
}

const affected = (record: ReturnType<typeof osv>, ...versions: readonly string[]) =>
  versions.filter((one) => isAffected(record, parseVersion(one)));

describe("records in the OSV format", () => {
  test("ranges from what was introduced to what repaired it, in any order", () => {
    const record = osv([{ fixed: "2.1" }, { introduced: "0" }, { introduced: "2.0" }, { fixed: "1.5.1" }]);
    expect(record.name).toBe("demo-kit");
    expect(affected(record, "0.1", "1.5", "1.5.1", "1.9", "2.0rc1", "2.0", "2.0.9", "2.1")).toEqual([
      "0.1",
      "1.5",
      "2.0",
      "2.0.9",
    ]);
  });

  test("a last affected version, a range without end, and versions by name", () => {
    expect(affected(osv([{ introduced: "1.0" }, { last_affected: "1.2" }]), "0.9", "1.2", "1.2.1")).toEqual(["1.2"]);
    expect(affected(osv([{ introduced: "1.0" }]), "0.9", "1.0", "99")).toEqual(["1.0", "99"]);
    expect(affected(osv([], { versions: ["1.0.0", "3"] }), "1.0", "2.0", "3.0.0")).toEqual(["1.0", "3.0.0"]);
  });

  test("nothing of other ecosystems, commits, withdrawn records and what is no record", () => {
    const npm = { package: { ecosystem: "npm", name: "demo" }, versions: ["1.0"] };
    expect(readOsv({ id: "X", affected: [npm] })).toEqual([]);
    const git = {
      package: { ecosystem: "PyPI", name: "demo" },
      ranges: [{ type: "GIT", events: [{ introduced: "0" }] }],
    };
    expect(readOsv({ id: "X", affected: [git] })[0]?.ranges).toEqual([]);
    expect(readOsv({ id: "X", withdrawn: "2026-01-01T00:00:00Z", affected: [git] })).toEqual([]);
    for (const value of [undefined, null, [], "x", {}, { id: 3 }, { id: "X", affected: 3 }])
      expect(readOsv(value)).toEqual([]);
    expect(affected(osv([{ introduced: "not a version" }, { fixed: "also not" }]), "1.0")).toEqual([]);
  });
});

test("an index's page of one version: from that one to the nearest repair", () => {
  const page = {
    vulnerabilities: [
      { id: "P-1", aliases: ["CVE-1"], fixed_in: ["3.0", "1.2", "0.9"], withdrawn: null },
      { id: "P-2", aliases: [], fixed_in: [], withdrawn: null },
      { id: "P-3", aliases: [], fixed_in: ["2.0"], withdrawn: "2026-01-01T00:00:00Z" },
    ],
  };
  const [first, second, third] = readIndexAdvisories(page, "demo" as never, parseVersion("1.0"));
  expect(third).toBeUndefined();
  if (first === undefined || second === undefined) throw new Error("they are missing");
  expect(affected(first, "0.9", "1.0", "1.1", "1.2", "3.0")).toEqual(["1.0", "1.1"]);
  expect(affected(second, "1.0", "9.0")).toEqual(["1.0", "9.0"]);
});
