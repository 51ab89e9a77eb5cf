import { SafeUrl } from "../base/index.ts";
import { indexPageInvalid } from "./artifact-errors.ts";
import { decodeReferences, scanTags, type TagHandler } from "./html-tags.ts";
import { checkProtocol, filenameOfLink, PageFile, type PageOrigin, type SimplePage } from "./index-file.ts";

/** Tags of which a page holds at least one; XML error documents and the like hold none. */
const pageTags: ReadonlySet<string> = new Set("html head body a title h1 p ul table pre".split(" "));

/** PEP 503 with the attributes of PEP 592 (yanked), 658 and 714 (metadata), and the `<meta>` of PEP 629 and 792. */
export function parseHtmlPage(text: string, base: SafeUrl): SimplePage {
  const reader = new PageReader(text, base);
  scanTags(text, reader);
  if (!reader.isPage) throw indexPageInvalid(base.toString(), "it is neither HTML nor JSON");
  return {
    files: reader.files,
    ...(reader.status === undefined ? {} : { status: reader.status }),
    ...(reader.statusReason === undefined ? {} : { statusReason: reader.statusReason }),
    ignored: reader.ignored,
  };
}

/** The attributes that mean something; each has a slot. */
const attributeNames = [
  "href",
  "data-requires-python",
  "data-yanked",
  "data-core-metadata",
  "data-dist-info-metadata",
  "data-upload-time",
  "data-size",
  "name",
  "content",
] as const;

type AttributeName = (typeof attributeNames)[number];

const slotOfName: ReadonlyMap<string, number> = new Map(attributeNames.map((name, slot) => [name, slot]));

/** Collects the attributes of one tag at a time; the first of a repeated attribute counts, as in HTML. */
class PageReader implements TagHandler {
  readonly files: PageFile[] = [];
  isPage = false;
  ignored = 0;
  status: string | undefined;
  statusReason: string | undefined;
  private hasBase = false;
  private readonly page: string;
  private readonly pageUrl: SafeUrl;
  private readonly fromFile: boolean;
  private readonly origin: PageOrigin;
  /** A page has few different values, each thousands of times. */
  private readonly decoded = new Map<string, string>();
  /** Start and end of each slot's value: -2 for an absent attribute, -1 for one without a value. */
  private readonly places = new Int32Array(2 * attributeNames.length).fill(-2);

  constructor(page: string, base: SafeUrl) {
    this.page = page;
    this.origin = { base };
    this.pageUrl = base;
    this.fromFile = base.toString().startsWith("file:");
  }

  wants(tagName: string): boolean {
    if (!this.isPage && pageTags.has(tagName)) this.isPage = true;
    return tagName === "a" || tagName === "base" || tagName === "meta";
  }

  attribute(nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): void {
    const slot = this.slotOf(nameStart, nameEnd);
    if (slot === undefined || this.places[2 * slot] !== -2) return;
    this.places[2 * slot] = valueStart;
    this.places[2 * slot + 1] = valueEnd;
  }

  /** Looks first for the spelling that every index uses, in the usual order, without copying the name. */
  private slotOf(start: number, end: number): number | undefined {
    for (let slot = 0; slot < attributeNames.length; slot++) {
      const name = attributeNames[slot] as string;
      if (name.length === end - start && this.page.startsWith(name, start)) return slot;
    }
    return end - start > 30 ? undefined : slotOfName.get(this.page.slice(start, end).toLowerCase());
  }

  tagEnd(tagName: string): void {
    if (tagName === "a") this.readAnchor();
    else if (tagName === "base") this.readBase();
    else this.readMeta();
    this.places.fill(-2);
  }

  private has(name: AttributeName): boolean {
    return this.places[2 * (slotOfName.get(name) ?? 0)] !== -2;
  }

  private text(name: AttributeName): string | undefined {
    const slot = slotOfName.get(name) ?? 0;
    const start = this.places[2 * slot] ?? -2;
    return start < 0 ? undefined : decodeReferences(this.page.slice(start, this.places[2 * slot + 1])).trim();
  }

  /** Like `text` for values that repeat; an empty one counts as absent. */
  private repeated(name: AttributeName): string | undefined {
    const slot = slotOfName.get(name) ?? 0;
    const start = this.places[2 * slot] ?? -2;
    if (start < 0) return undefined;
    const written = this.page.slice(start, this.places[2 * slot + 1]);
    let value = this.decoded.get(written);
    if (value === undefined) {
      value = decodeReferences(written).trim();
      if (this.decoded.size < 1000) this.decoded.set(written, value);
    }
    return value === "" ? undefined : value;
  }

  private readAnchor(): void {
    const link = this.text("href");
    if (link === undefined) return;
    const cut = link.indexOf("#");
    const href = cut < 0 ? link : link.slice(0, cut);
    const filename = filenameOfLink(href, this.fromFile);
    if (filename === undefined) {
      this.ignored++;
      return;
    }
    const size = this.text("data-size");
    const raw = {
      filename,
      href,
      hashes: cut < 0 ? "" : link.slice(cut + 1),
      requiresPython: this.repeated("data-requires-python"),
      yanked: this.has("data-yanked") ? (this.text("data-yanked") ?? "") : false,
      uploadTime: this.text("data-upload-time"),
      sizeBytes: size !== undefined && /^\d{1,15}$/.test(size) ? Number(size) : undefined,
      metadata: this.text("data-core-metadata") ?? this.text("data-dist-info-metadata"),
    } as const;
    this.files.push(new PageFile(raw, this.origin));
  }

  /** The first `<base href>` of the page counts; a broken one is passed over. */
  private readBase(): void {
    const href = this.text("href");
    if (href === undefined || this.hasBase) return;
    try {
      const base = SafeUrl.parse(href, this.pageUrl);
      const mayUse = /^https?:/.test(base.toString()) || this.fromFile;
      if (mayUse) this.origin.base = base;
      this.hasBase = true;
    } catch {
      this.ignored++;
    }
  }

  private readMeta(): void {
    const name = this.text("name");
    if (name === "pypi:repository-version") checkProtocol(this.text("content"), this.pageUrl);
    else if (name === "pypi:project-status") this.status = this.text("content");
    else if (name === "pypi:project-status-reason") this.statusReason = this.text("content");
  }
}
