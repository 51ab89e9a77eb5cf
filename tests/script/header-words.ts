import type { ScriptHeader } from "../../src/script/index.ts";

/** A script of these lines. */
export const lines = (...text: string[]): string => `${text.join("\n")}\n`;
/** What a header asks for, as it is written. */
export const texts = (header: ScriptHeader): string[] => header.requirements.map((item) => item.text);
/** What is wrong with a header, a line for each. */
export const messages = (header: ScriptHeader): string[] =>
  header.problems.map(({ severity, line, message }) => `${severity} ${line}: ${message}`);
