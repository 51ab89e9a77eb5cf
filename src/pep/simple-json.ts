import type { SafeUrl } from "../base/index.ts";
import { indexPageInvalid } from "./artifact-errors.ts";
import {
  checkProtocol,
  filenameOfLink,
  hashesOfObject,
  PageFile,
  type PageOrigin,
  type SimplePage,
  safeFilename,
} from "./index-file.ts";

type Json = { readonly [key: string]: unknown };

/** PEP 691 with the additions of PEP 700 (sizes, times, versions), 714 (core-metadata) and 792 (status). */
export function parseJsonPage(text: string, base: SafeUrl): SimplePage {
  const page = parseObject(text, base);
  checkProtocol(asObject(page["meta"])?.["api-version"], base);
  const entries = page["files"];
  if (!Array.isArray(entries)) throw indexPageInvalid(base.toString(), "it is JSON without a list of files");
  const origin: PageOrigin = { base };
  const fromFile = base.toString().startsWith("file:");
  const files: PageFile[] = [];
  for (const entry of entries) {
    const file = readFile(entry, origin, fromFile);
    if (file !== undefined) files.push(file);
  }
  const { name, versions } = page as { name?: unknown; versions?: unknown };
  const project = asObject(page["project-status"]);
  const status = project?.["status"];
  const statusReason = project?.["reason"];
  return {
    ...(typeof name === "string" ? { name } : {}),
    files,
    ...(Array.isArray(versions) ? { versions: versions.filter((version) => typeof version === "string") } : {}),
    ...(typeof status === "string" ? { status } : {}),
    ...(typeof statusReason === "string" ? { statusReason } : {}),
    ignored: entries.length - files.length,
  };
}

function parseObject(text: string, base: SafeUrl): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw indexPageInvalid(base.toString(), "it begins like JSON, but is not", cause);
  }
  return asObject(value) ?? {};
}

function readFile(entry: unknown, origin: PageOrigin, fromFile: boolean): PageFile | undefined {
  const file = asObject(entry);
  const link = file?.["url"];
  const given = file?.["filename"];
  if (file === undefined || typeof link !== "string") return undefined;
  const cut = link.indexOf("#");
  const href = cut < 0 ? link : link.slice(0, cut);
  const linked = filenameOfLink(href, fromFile);
  const filename = typeof given === "string" ? safeFilename(given) : linked;
  if (linked === undefined || filename === undefined) return undefined;
  const requiresPython = file["requires-python"];
  const yanked = file["yanked"];
  const uploadTime = file["upload-time"];
  return new PageFile(
    {
      filename,
      href,
      hashes: hashesOfObject(file["hashes"]),
      requiresPython:
        typeof requiresPython === "string" && requiresPython.trim() !== "" ? requiresPython.trim() : undefined,
      yanked: typeof yanked === "string" && yanked !== "" ? yanked : yanked === true ? "" : false,
      uploadTime: typeof uploadTime === "string" ? uploadTime : undefined,
      sizeBytes: asSize(file["size"]),
      metadata: asMetadata(file["core-metadata"] ?? file["dist-info-metadata"]),
    },
    origin,
  );
}

function asObject(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function asSize(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function asMetadata(value: unknown): Readonly<Record<string, string>> | true | undefined {
  if (value === true) return true;
  if (typeof value !== "object" || value === null) return undefined;
  const hashes = hashesOfObject(value);
  // PEP 714: an empty object says that the file exists.
  return Object.keys(hashes).length === 0 ? true : hashes;
}
