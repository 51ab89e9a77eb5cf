import { expect, test } from "vitest";
import { isVenvoyError } from "../../src/base/index.ts";
import { readDependencyGroups } from "../../src/pep/index.ts";
import { failures, vectors } from "./vectors.ts";

interface GroupCase {
  readonly groups: Readonly<Record<string, unknown>>;
  readonly group: string;
  readonly expected: readonly string[] | { readonly error: string };
}

test("dependency groups resolve to these requirements", () => {
  const { cases } = vectors<GroupCase>("packaging/dependency_groups");
  const wrong = failures(cases, (one) => {
    const seen = resolved(one);
    const expected = Array.isArray(one.expected) ? one.expected : "refused";
    return JSON.stringify(seen) === JSON.stringify(expected) ? undefined : seen;
  });
  expect(cases.length).toBeGreaterThan(20);
  expect(wrong).toEqual([]);
});

function resolved({ groups, group }: GroupCase): readonly string[] | "refused" {
  try {
    return readDependencyGroups(groups).resolve(group).map(String);
  } catch (error) {
    if (isVenvoyError(error)) return "refused";
    throw error;
  }
}
