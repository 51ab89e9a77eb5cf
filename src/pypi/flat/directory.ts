import { type AbsPath, isVenvoyError, SafeUrl } from "../../base/index.ts";
import { parseSimplePage, type SimplePage } from "../../pep/index.ts";
import type { Fs } from "../../ports/index.ts";
import { placeUnreadable } from "../errors.ts";
import { directoryUrl } from "../page/directory-url.ts";

const indexNames = ["index.html", "index.json"];

/** The links of an HTML page on disk, or the files of a directory as if a page listed them; `undefined` when there is neither. */
export async function pageOnDisk(fs: Fs, path: AbsPath, url: SafeUrl): Promise<SimplePage | undefined> {
  try {
    const info = await fs.info(path);
    if (info?.kind === "file") return parseSimplePage(await fs.read(path), url);
    return info?.kind === "directory" ? await directoryPage(fs, path, directoryUrl(url)) : undefined;
  } catch (error) {
    if (isVenvoyError(error)) throw error;
    throw placeUnreadable(url, error);
  }
}

async function directoryPage(fs: Fs, path: AbsPath, url: SafeUrl): Promise<SimplePage> {
  const entries = (await fs.list(path)) ?? [];
  const index = entries.find((entry) => indexNames.includes(entry.name));
  if (index !== undefined) {
    return parseSimplePage(await fs.read(fs.path.join(path, index.name)), SafeUrl.parse(index.name, url));
  }
  const files = entries
    .filter((entry) => entry.kind !== "directory" && /\.(?:whl|tar\.(?:gz|bz2|xz)|tgz|zip)$/.test(entry.name))
    .map((entry) => encodeURIComponent(entry.name));
  const anchors = files.map((name) => `<a href="${name}">${name}</a>`);
  return parseSimplePage(`<!DOCTYPE html><html><body>${anchors.join("\n")}</body></html>`, url);
}
