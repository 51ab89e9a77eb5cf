/** The parts of a URL as Python's `urlsplit` sees them, which the standards' reference tools use. */
export interface UrlParts {
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

/** Schemes that Python writes with `//` even when there is no host. */
const hierarchical = new Set(
  "ftp http gopher nntp telnet imap wais file mms https shttp snews prospero rtsp rtspu rsync svn svn+ssh sftp nfs git git+ssh ws wss".split(
    " ",
  ),
);

/** Splits a URL without judging it; tabs and line breaks are dropped, as browsers do. */
export function splitUrl(text: string): UrlParts {
  let start = 0;
  while (start < text.length && text.charCodeAt(start) <= 0x20) start++;
  let rest = text.slice(start).replace(/[\t\n\r]/g, "");
  let scheme = "";
  const colon = rest.indexOf(":");
  if (colon > 0 && /^[a-z][a-z0-9+.-]*$/i.test(rest.slice(0, colon))) {
    scheme = rest.slice(0, colon).toLowerCase();
    rest = rest.slice(colon + 1);
  }
  let authority = "";
  if (rest.startsWith("//")) {
    const end = rest.slice(2).search(/[/?#]/);
    authority = end === -1 ? rest.slice(2) : rest.slice(2, 2 + end);
    rest = rest.slice(2 + authority.length);
  }
  const [beforeFragment, fragment] = cutAt(rest, "#");
  const [path, query] = cutAt(beforeFragment, "?");
  return { scheme, authority, path, query, fragment };
}

function cutAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/** Puts a URL together again, in the form in which Python writes it: `file:/x` is `file:///x`. */
export function joinUrl({ scheme, authority, path, query, fragment }: UrlParts): string {
  let url = path;
  if (authority !== "" || (hierarchical.has(scheme) && !path.startsWith("//"))) {
    url = `//${authority}${path === "" || path.startsWith("/") ? "" : "/"}${path}`;
  }
  if (scheme !== "") url = `${scheme}:${url}`;
  if (query !== "") url += `?${query}`;
  return fragment === "" ? url : `${url}#${fragment}`;
}

/** The file name at the end of a URL's path, decoded. */
export function urlFilename(url: string): string {
  const { path } = splitUrl(url);
  const name = path.slice(path.lastIndexOf("/") + 1);
  return unquote(cutAt(name, ";")[0]);
}

/** Decodes `%XX` as UTF-8; bytes that are not UTF-8 become U+FFFD, as Python does. */
function unquote(text: string): string {
  if (!text.includes("%")) return text;
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) =>
    new TextDecoder("utf-8", { ignoreBOM: true }).decode(
      Uint8Array.from(run.slice(1).split("%"), (pair) => Number.parseInt(pair, 16)),
    ),
  );
}
