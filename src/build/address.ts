import type { AbsPath } from "../base/index.ts";
import { printable, VenvoyError } from "../base/index.ts";

/** Where sources are that somebody names by address (PEP 508 URLs, pip's VCS URLs). */
export type Address =
  | { readonly kind: "archive"; readonly url: string; readonly sha256?: string; readonly subdirectory?: string }
  | {
      readonly kind: "directory";
      readonly path: AbsPath;
      readonly editable: boolean;
      readonly subdirectory?: string;
    }
  | {
      readonly kind: "git";
      /** Without `git+`, revision and fragment; may hold credentials. */
      readonly url: string;
      readonly revision?: string;
      readonly subdirectory?: string;
    };

/** The protocols that git may use; others (`ext::`) run programs. */
const gitSchemes = new Set(["https:", "http:", "ssh:", "file:", "git:"]);

/**
 * Reads an address. `undefined` for a wheel, which needs no building. Throws `REQUIREMENT_INVALID` for version control
 * that is not git, and for addresses that nothing can be read from.
 */
export function parseAddress(text: string): Address | undefined {
  const url = tryUrl(text);
  if (url === undefined) throw notAnAddress(text, "it is not an absolute URL");
  const fragment = fragmentOf(url.hash);
  const subdirectory = fragment.get("subdirectory");
  const below = subdirectory === undefined ? {} : { subdirectory: checkBelow(text, subdirectory) };
  if (/^(?:hg|svn|bzr)\+/.test(url.protocol)) throw notAnAddress(text, "only git is understood");
  if (url.protocol.startsWith("git+")) return { ...gitAddress(text), ...below };
  if (/\.whl$/i.test(url.pathname)) return undefined;
  if (url.protocol === "file:" && !/\.(?:zip|tar|tar\.\w+|tgz|tbz2|txz)$/i.test(url.pathname)) {
    const path = decodeURIComponent(url.pathname) as AbsPath;
    return { kind: "directory", path, editable: fragment.has("editable"), ...below };
  }
  if (!/^(?:https?|file):$/.test(url.protocol)) throw notAnAddress(text, `\`${url.protocol}\` is not understood`);
  const sha256 = fragment.get("sha256");
  const plain = new URL(url);
  plain.hash = "";
  return {
    kind: "archive",
    url: plain.href,
    ...(sha256 !== undefined && /^[0-9a-f]{64}$/i.test(sha256) ? { sha256: sha256.toLowerCase() } : {}),
    ...below,
  };
}

/** `git+https://host/x.git@rev#…`: the last `@` of the path divides. */
function gitAddress(text: string): Extract<Address, { kind: "git" }> {
  const url = tryUrl(text.replace(/^git\+/, "").replace(/#.*$/s, ""));
  if (url === undefined || !gitSchemes.has(url.protocol)) throw notAnAddress(text, "git can't be asked there");
  const at = url.pathname.lastIndexOf("@");
  const revision = at < 0 ? undefined : decodeURIComponent(url.pathname.slice(at + 1));
  if (at >= 0) url.pathname = url.pathname.slice(0, at);
  if (revision === undefined) return { kind: "git", url: url.href };
  // A revision goes to git as an argument: what begins with a dash would be an option.
  if (!/^[\w][\w./+@-]*$/.test(revision) || revision.includes("..")) {
    throw notAnAddress(text, `\`${revision}\` can't be a revision`);
  }
  return { kind: "git", url: url.href, revision };
}

function fragmentOf(hash: string): ReadonlyMap<string, string> {
  const parts = hash.replace(/^#/, "").split("&");
  return new Map(
    parts
      .filter((part) => part !== "")
      .map((part) => {
        const [key = "", value = ""] = part.split("=");
        return [key, decodeURIComponent(value)];
      }),
  );
}

function checkBelow(text: string, subdirectory: string): string {
  const isBelow = !/^[\\/]|^[A-Za-z]:|(?:^|[\\/])\.\.(?:[\\/]|$)|\0/.test(subdirectory);
  if (isBelow) return subdirectory.replace(/\/+$/, "");
  throw notAnAddress(text, "its subdirectory leads elsewhere");
}

function tryUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function notAnAddress(text: string, why: string): VenvoyError {
  const shown = printable(text.replace(/\/\/[^/@]*@/, "//****@"), { newlines: false });
  return new VenvoyError("REQUIREMENT_INVALID", `\`${shown}\` can't be used as an address: ${why}`, {
    hint: "write https://…, file:///… or git+https://…@REVISION",
  });
}
