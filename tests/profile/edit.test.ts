import fc from "fast-check";
import { expect, test } from "vitest";
import { lineState, withLine, withoutLines } from "../../src/profile/edit.ts";

const own = { hook: "venvoy.bash", line: "[ ! -r ~/é/shell/venvoy.bash ] || . ~/é/shell/venvoy.bash  # venvoy setup" };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array): string => new TextDecoder().decode(data);
const add = (before: string): string => text(withLine(bytes(before), own));

test("the line goes to the end, and the end stays as it was", () => {
  expect(add("")).toBe(`${own.line}\n`);
  expect(add("alias a=b\n")).toBe(`alias a=b\n${own.line}\n`);
  expect(add("alias a=b")).toBe(`alias a=b\n${own.line}`);
  expect(add("a\r\nb\r\n")).toBe(`a\r\nb\r\n${own.line}\r\n`);
});

test("an older line is replaced where the person has put it", () => {
  const older = ". /old/shell/venvoy.bash  # venvoy setup";
  const other = ". /old/shell/venvoy.zsh  # venvoy setup";
  expect(lineState(bytes(`a\n${older}\nb\n`), own)).toBe("other");
  expect(add(`a\n${older}\n${other}\nb\n`)).toBe(`a\n${own.line}\n${other}\nb\n`);
  expect(add(`${older}\nb\n${older}`)).toBe(`${own.line}\nb\n`);
  expect(lineState(bytes(`a\n${own.line}\nb`), own)).toBe("present");
  expect(lineState(bytes(`a\n${other}\n`), own)).toBe("absent");
  expect(lineState(bytes(`. ~/x/shell/venvoy.bash\n`), own)).toBe("by-hand");
  expect(lineState(bytes(`# . ~/x/shell/venvoy.bash\n`), own)).toBe("absent");
});

test("what came later stays when the line goes", () => {
  expect(text(withoutLines(bytes(`a\n${own.line}\nb\n`), [own.hook]))).toBe("a\nb\n");
  expect(text(withoutLines(bytes("a\n"), [own.hook]))).toBe("a\n");
});

test("any file is afterwards what it was before, byte by byte", () => {
  const anyBytes = fc.uint8Array({ maxLength: 60 });
  const lines = fc
    .array(fc.constantFrom("a", "\n", "\r\n", " ", "é", "#", "\0"), { maxLength: 12 })
    .map((parts) => bytes(parts.join("")));
  const wide = fc
    .uint8Array({ minLength: 0, maxLength: 40 })
    .map((units) => Uint8Array.from([0xff, 0xfe, ...units.slice(0, units.length - (units.length % 2))]));
  fc.assert(
    fc.property(fc.oneof(anyBytes, lines, wide), (before) => {
      // A lone carriage return at the end can't be told from half of a line break.
      fc.pre(before.at(-1) !== 0x0d && before.at(-2) !== 0x0d);
      const changed = withLine(before, own);
      expect(lineState(changed, own)).toBe("present");
      expect(withLine(changed, own)).toEqual(changed);
      expect(withoutLines(changed, [own.hook])).toEqual(before);
    }),
  );
});
