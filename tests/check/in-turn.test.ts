import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const { inTurn } = await import(`${root}/scripts/in-turn.mjs`);

test("checks that run beside each other are heard one after the other, each whole, and at once when it is their turn", () => {
  let heard = "";
  const stories = inTurn(["tests", "types", "lint"], (text: string) => {
    heard += text;
  });
  const [tests, types, lint] = ["tests", "types", "lint"].map((name) => stories.get(name));
  types.say("types 1\n");
  tests.say("tests 1\n");
  expect(heard).toBe("tests 1\n");
  types.end();
  lint.say("lint 1\n");
  tests.say("tests 2\n");
  tests.end();
  expect(heard).toBe("tests 1\ntests 2\ntypes 1\nlint 1\n");
  lint.say("lint 2\n");
  lint.end();
  expect(heard).toBe("tests 1\ntests 2\ntypes 1\nlint 1\nlint 2\n");
});
