import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Text without colours and other codes for terminals; nothing is loaded for a text that has none. */
export function withoutCodes(text: string): string {
  if (!text.includes("\u001b") && !text.includes("\u009b")) return text;
  return (require("node:util") as typeof import("node:util")).stripVTControlCharacters(text);
}
