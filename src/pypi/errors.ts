import { printable, type SafeUrl, VenvoyError } from "../base/index.ts";

const shown = (text: string): string => printable(text.slice(0, 300), { newlines: false });
const hostOf = (url: SafeUrl): string => new URL(url.toString()).host;

export const unreachable = (url: SafeUrl, reason: string, hint: string, cause?: unknown): VenvoyError =>
  new VenvoyError("INDEX_UNREACHABLE", `\`${url}\` can't be reached: ${shown(reason)}`, {
    hint,
    data: { url, reason: shown(reason) },
    cause,
  });

export const certificateRefused = (url: SafeUrl, reason: string, cause: unknown): VenvoyError =>
  new VenvoyError("INDEX_UNREACHABLE", `The certificate of \`${hostOf(url)}\` can't be trusted: ${shown(reason)}`, {
    hint: `Point \`SSL_CERT_FILE\` at your organisation's certificates, or name the host in \`PIP_TRUSTED_HOST\``,
    data: { url, reason: shown(reason) },
    cause,
  });

export const redirectLoop = (url: SafeUrl, count: number): VenvoyError =>
  new VenvoyError("INDEX_UNREACHABLE", `\`${url}\` redirects in a circle (gave up after ${count} redirects)`, {
    hint: "Check the index's address: `https` instead of `http`, or a final `/`, often ends this",
    data: { url, redirects: count },
  });

export const redirectRefused = (url: SafeUrl, target: string): VenvoyError =>
  new VenvoyError("INDEX_INVALID", `\`${url}\` redirects to \`${shown(target)}\`, which is not a web address`, {
    hint: "Check the index's address, and who answers for it",
    data: { url },
  });

export const credentialsNeeded = (url: SafeUrl, status: number, given: boolean): VenvoyError => {
  if (status === 407) {
    return new VenvoyError("INDEX_CREDENTIALS", `The proxy in front of \`${url}\` asks for credentials (status 407)`, {
      hint: "Put user and password into the address of the proxy",
      data: { url, status },
    });
  }
  const verb = status === 401 ? "asks for credentials" : "forbids access";
  const what = given ? `refuses the credentials given (status ${status})` : `${verb} (status ${status})`;
  return new VenvoyError("INDEX_CREDENTIALS", `\`${url}\` ${what}`, {
    hint: given
      ? `Check user and password for \`${hostOf(url)}\` in the index's address or \`netrc\`; \`VENVOY_KEYRING=1\` asks the \`keyring\` program`
      : `Put user and password for \`${hostOf(url)}\` into \`~/.netrc\` or the index's address, or set \`VENVOY_KEYRING=1\``,
    data: { url, status },
  });
};

/** A status that is no answer to the question, after all retries. */
export const statusRefused = (url: SafeUrl, status: number, attempts: number): VenvoyError => {
  const tries = attempts > 1 ? ` (asked ${attempts} times)` : "";
  const data = { url, status, attempts };
  if (status === 404 || status === 410) {
    return new VenvoyError("INDEX_UNREACHABLE", `\`${url}\` does not exist (status ${status})`, {
      hint: "Check the address; if an index gave it, run the command again with `--refresh`",
      data,
    });
  }
  if (status === 429) {
    return new VenvoyError("INDEX_UNREACHABLE", `\`${url}\` gets too many requests and asks to wait${tries}`, {
      hint: "Wait some minutes and run the command again, or lower `VENVOY_REQUESTS_PER_HOST`",
      data,
    });
  }
  const kind = status >= 500 ? "has a failure of its own" : "refuses the request";
  return new VenvoyError("INDEX_UNREACHABLE", `\`${hostOf(url)}\` ${kind} (status ${status}) for \`${url}\`${tries}`, {
    hint: status >= 500 ? "Run the command again later, or with `--offline`" : "Check the index's address",
    data,
  });
};

export const answerTooLarge = (url: SafeUrl, limitBytes: number): VenvoyError =>
  new VenvoyError("INDEX_INVALID", `\`${url}\` answers with more than ${Math.round(limitBytes / 1e6)} MB`, {
    hint: "Check the index's address: it must be the directory of the project pages",
    data: { url, limitBytes },
  });

export const offlineMissing = (what: string, data: Record<string, unknown> = {}): VenvoyError =>
  new VenvoyError("OFFLINE_MISSING", `${what} is not on this machine, and the network may not be used`, {
    hint: "Run the command again without `--offline`",
    data,
  });

/** What lay in the cache when the command began is damaged or gone now that it is needed. */
export const cacheLost = (name: string, version: string): VenvoyError =>
  new VenvoyError("OFFLINE_MISSING", `The list of files of \`${name}\` ${version} is no longer in the cache`, {
    hint: "Run the command again",
    data: { name, version },
  });

export const digestMismatch = (
  file: { readonly filename: string; readonly url: SafeUrl },
  algorithm: string,
  digests: { readonly wanted: string; readonly got: string },
): VenvoyError =>
  new VenvoyError(
    "DIGEST_MISMATCH",
    `\`${shown(file.filename)}\` has ${algorithm} ${digests.got}, but ${digests.wanted} was promised`,
    {
      hint: "Run the command again with `--refresh`; if it stays so, the index or somebody on the way changed the file",
      data: { filename: file.filename, url: file.url, algorithm, ...digests },
    },
  );

export const sizeMismatch = (
  file: { readonly filename: string; readonly url: SafeUrl },
  sizes: { readonly wanted: number; readonly got: number },
): VenvoyError =>
  new VenvoyError(
    "DIGEST_MISMATCH",
    `\`${shown(file.filename)}\` has ${sizes.got} bytes, but ${sizes.wanted} were promised`,
    {
      hint: "Run the command again with `--refresh`; if it stays so, the index or somebody on the way changed the file",
      data: { filename: file.filename, url: file.url, ...sizes },
    },
  );

export const metadataMissing = (filename: string): VenvoyError =>
  new VenvoyError("METADATA_INVALID", `\`${shown(filename)}\` has no \`METADATA\` file where a wheel keeps it`, {
    hint: "Ask for another version of the package",
    data: { filename },
  });

export const metadataUnusable = (filename: string, reason: string, cause?: unknown): VenvoyError =>
  new VenvoyError("METADATA_INVALID", `The metadata of \`${shown(filename)}\` can't be used: ${shown(reason)}`, {
    hint: "Ask for another version of the package",
    data: { filename, reason: shown(reason) },
    cause,
  });

export const pinUnknown = (name: string, index: string): VenvoyError =>
  new VenvoyError("CONFIG_INVALID", `\`${name}\` is pinned to the index \`${shown(index)}\`, which nobody describes`, {
    hint: `Describe it where the pin is, with \`name = "${shown(index)}"\` and its \`url\``,
    data: { name, index },
  });

export const placeUnreadable = (url: SafeUrl, cause: unknown): VenvoyError =>
  new VenvoyError("FILE_UNREADABLE", `\`${url}\` can't be read`, { data: { url }, cause });

export const advisoriesUnreadable = (place: SafeUrl, cause: unknown): VenvoyError =>
  new VenvoyError(
    "FILE_UNREADABLE",
    `The advisories in \`${place}\` can't be read: ${shown(cause instanceof Error ? cause.message : String(cause))}`,
    {
      hint: "`--advisories` takes a directory, a `.json` or `.zip` file with records in the OSV format, or the address of one",
      data: { place },
      cause,
    },
  );
