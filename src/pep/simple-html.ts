import { SafeUrl } from "../base/index.ts";
import { indexPageInvalid } from "./artifact-errors.ts";
import { decodeReferences, type OnAttribute, scanTags, type TagHandler } from "./html-tags.ts";
import {
  checkProtocol,
  filenameOfLink,
  hashesOfFragment,
  PageFile,
  type RawFile,
  type SimplePage,
} from "./index-file.ts";

/** Tags of which a page holds at least one; XML error documents and the like hold none. */
const pageTags: ReadonlySet<string> = new Set("html head body a title h1 p ul table pre".split(" "));

/** PEP 503 with the attributes of PEP 592 (yanked), 658 and 714 (metadata), and the `<meta>` of PEP 629 and 792. */
export function parseHtmlPage(text: string, base: SafeUrl): SimplePage {
  const reader = new PageReader(base);
  scanTags(text, reader);
  if (!reader.isPage) throw indexPageInvalid(base.toString(), "it is neither HTML nor JSON");
  const files = reader.files.map((raw) => new PageFile(raw, reader.base));
  return { files, ...(reader.status === undefined ? {} : { status: reader.status }), ignored: reader.ignored };
}

/** Collects the attributes of one tag at a time; the first of a repeated attribute counts, as in HTML. */
class PageReader implements TagHandler {
  readonly files: RawFile[] = [];
  base: SafeUrl;
  isPage = false;
  ignored = 0;
  status: string | undefined;
  private hasBase = false;
  private readonly attributes = new Map<string, string | undefined>();
  private readonly collect: OnAttribute = (name, value) => {
    // Attribute names are nearly always lower-case already.
    const key = name.toLowerCase();
    if (!this.attributes.has(key)) this.attributes.set(key, value);
  };
  private readonly pageUrl: SafeUrl;

  constructor(base: SafeUrl) {
    this.base = base;
    this.pageUrl = base;
  }

  attributesOf(tagName: string): OnAttribute | undefined {
    if (!this.isPage && pageTags.has(tagName)) this.isPage = true;
    if (tagName !== "a" && tagName !== "base" && tagName !== "meta") return undefined;
    this.attributes.clear();
    return this.collect;
  }

  tagEnd(tagName: string): void {
    if (tagName === "a") this.readAnchor();
    else if (tagName === "base") this.readBase();
    else this.readMeta();
  }

  private text(name: string): string | undefined {
    const value = this.attributes.get(name);
    return value === undefined ? undefined : decodeReferences(value).trim();
  }

  private readAnchor(): void {
    const link = this.text("href");
    if (link === undefined) return;
    const cut = link.indexOf("#");
    const href = cut < 0 ? link : link.slice(0, cut);
    // Relative to a `<base>` that comes later, only the scheme of the page itself matters.
    const filename = filenameOfLink(href, this.pageUrl.toString().startsWith("file:"));
    if (filename === undefined) {
      this.ignored++;
      return;
    }
    const requiresPython = this.text("data-requires-python");
    const metadata = this.text("data-core-metadata") ?? this.text("data-dist-info-metadata");
    const size = this.text("data-size");
    this.files.push({
      filename,
      href,
      hashes: cut < 0 ? "" : link.slice(cut + 1),
      requiresPython: requiresPython === "" ? undefined : requiresPython,
      yanked: this.attributes.has("data-yanked") ? (this.text("data-yanked") ?? "") : false,
      uploadTime: this.text("data-upload-time"),
      sizeBytes: size !== undefined && /^\d{1,15}$/.test(size) ? Number(size) : undefined,
      metadataHashes: metadata === undefined ? undefined : metadataOf(metadata),
    });
  }

  /** The first `<base href>` of the page counts; a broken one is passed over. */
  private readBase(): void {
    const href = this.text("href");
    if (href === undefined || this.hasBase) return;
    try {
      const base = SafeUrl.parse(href, this.pageUrl);
      const mayUse = /^https?:/.test(base.toString()) || this.pageUrl.toString().startsWith("file:");
      if (mayUse) this.base = base;
      this.hasBase = true;
    } catch {
      this.ignored++;
    }
  }

  private readMeta(): void {
    const name = this.text("name");
    if (name === "pypi:repository-version") checkProtocol(this.text("content"), this.pageUrl);
    else if (name === "pypi:project-status") this.status = this.text("content");
  }
}

/** `true`, or `sha256=…`; `false` and an empty value say that there is none. */
function metadataOf(value: string): Readonly<Record<string, string>> | true | undefined {
  if (value === "" || value.toLowerCase() === "false") return undefined;
  const hashes = hashesOfFragment(value);
  return Object.keys(hashes).length === 0 ? true : hashes;
}
