import { expect, test } from "vitest";
import { parseToml } from "../../src/codec/index.ts";

test("a document becomes plain values", () => {
  expect(parseToml('a = 1\n[b]\nc = ["x", "y"]\n', { label: "x.toml" })).toEqual({ a: 1, b: { c: ["x", "y"] } });
});

test("a fault names the file and the line", () => {
  const read = () => parseToml('a = 1\nb = [1,\nc = "\n', { label: "config.toml" });
  expect(read).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  try {
    read();
  } catch (error) {
    expect(error).toMatchObject({ data: { file: "config.toml", line: 3 } });
    expect(String(error)).toMatchInlineSnapshot(`"VenvoyError: \`config.toml\` line 3 isn't TOML: invalid value"`);
  }
});

test("the caller chooses the code", () => {
  expect(() => parseToml("=", { label: "pylock.toml", code: "LOCK_INVALID" })).toThrow(
    expect.objectContaining({ code: "LOCK_INVALID" }),
  );
});
