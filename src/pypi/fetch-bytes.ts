import type { SafeUrl } from "../base/index.ts";
import type { ClientPorts } from "./client.ts";
import { openChain, readAll } from "./http/index.ts";
import type { IndexSettings } from "./settings.ts";

export interface BytesOptions {
  /** More than this is refused. */
  readonly limitBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What lies at a web address, by the way that index pages take: proxies, certificates, credentials, redirects and retries
 * of the settings. Throws `INDEX_UNREACHABLE`, `INDEX_CREDENTIALS`, `INDEX_INVALID` (too large), `ABORTED`.
 */
export function fetchBytes(
  io: ClientPorts,
  settings: IndexSettings,
  url: SafeUrl,
  { limitBytes, signal }: BytesOptions,
): Promise<Uint8Array> {
  return openChain(
    io,
    settings,
  )({ url, signal, read: (response, body) => readAll({ response, body }, url, limitBytes) });
}
