import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./binary.ts";

/** A block of code of a page, and the heading that it stands under. */
export interface Snippet {
  readonly section: string;
  readonly language: string;
  readonly text: string;
}

/** The blocks of a page that name their language, in order. */
export function snippets(page: string): readonly Snippet[] {
  const text = readFileSync(join(repository, page), "utf8");
  let section = "";
  return [...text.matchAll(/^## (.+)$|^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, heading, language, code]) => {
    if (heading !== undefined) section = heading;
    return language === undefined || code === undefined ? [] : [{ section, language, text: code }];
  });
}
