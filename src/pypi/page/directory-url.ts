import { SafeUrl } from "../../base/index.ts";

/** An address of a directory with its final `/`, without which relative links would replace its last part. */
export function directoryUrl(url: SafeUrl): SafeUrl {
  if (/^[^?#]*\/$/.test(url.reveal())) return url;
  const full = new URL(url.reveal());
  if (full.pathname.endsWith("/")) return url;
  full.pathname += "/";
  return SafeUrl.parse(full.href);
}
