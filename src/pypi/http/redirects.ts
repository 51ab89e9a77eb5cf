import { SafeUrl } from "../../base/index.ts";
import { redirectLoop, redirectRefused } from "../errors.ts";
import type { Send } from "./send.ts";

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const maxRedirects = 10;

/**
 * Follows redirects, each as a request of its own, so that credentials are chosen anew for every origin. Only web
 * addresses are followed: a server must not reach for this machine's files.
 */
export function redirected(send: Send): Send {
  return async (request) => {
    const seen = new Set<string>();
    let url = request.url;
    for (;;) {
      const response = await send({ ...request, url, redirect: "manual" });
      const location = redirects.has(response.status) ? response.header("location") : undefined;
      if (location === undefined) return response;
      await response.discard();
      seen.add(url.reveal());
      url = targetOf(location, url);
      if (seen.has(url.reveal()) || seen.size > maxRedirects) throw redirectLoop(request.url, seen.size);
    }
  };
}

function targetOf(location: string, from: SafeUrl): SafeUrl {
  let target: SafeUrl;
  try {
    target = SafeUrl.parse(location, from);
  } catch {
    throw redirectRefused(from, location.replace(/\/\/[^/@]*@/, "//****@"));
  }
  if (!/^https?:/.test(target.toString())) throw redirectRefused(from, target.toString());
  return target;
}
