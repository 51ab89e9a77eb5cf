import type { SafeUrl } from "../base/index.ts";
import { indexPageInvalid } from "./artifact-errors.ts";
import type { SimplePage } from "./index-file.ts";
import { parseHtmlPage } from "./simple-html.ts";
import { parseJsonPage } from "./simple-json.ts";

/**
 * Reads a project page of an index, HTML (PEP 503, 592, 629, 658, 714) or JSON (PEP 691, 700, 792). The body decides:
 * servers answer HTML whatever they were asked for, and name it as they like. Links that can't be a file are counted
 * and passed over. The files keep the text of the page alive: take out what is needed and let them go. Throws `INDEX_INVALID` for what is no page at all, and for another major of the protocol.
 */
export function parseSimplePage(body: Uint8Array | string, base: SafeUrl): SimplePage {
  const text = typeof body === "string" ? body : new TextDecoder().decode(body);
  const start = text.search(/[^\s\ufeff]/);
  if (start < 0) throw indexPageInvalid(base.toString(), "the answer is empty");
  return text[start] === "{" ? parseJsonPage(text.slice(start), base) : parseHtmlPage(text, base);
}
