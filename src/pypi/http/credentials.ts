import type { SafeUrl } from "../../base/index.ts";
import type { Credentials, Secrets } from "../../ports/index.ts";
import type { Send } from "./send.ts";

export interface CredentialSources {
  /** Addresses whose own credentials serve their whole origin. */
  readonly indexes: readonly SafeUrl[];
  readonly netrc: (host: string) => Credentials | undefined;
  readonly keyring: boolean;
}

/**
 * Adds credentials, only ever for the origin that they belong to: the address's own, the index's, netrc's; and after a
 * refusal the keyring's, asked once per origin. An `https` origin's credentials don't go to its `http` form.
 */
export function authorized(send: Send, { secrets }: { readonly secrets: Secrets }, sources: CredentialSources): Send {
  const known = credentialsOfIndexes(sources.indexes);
  const named = new Set(sources.indexes.map((index) => new URL(index.toString()).origin));
  // Unencrypted, a password goes only where the person's own settings send it, never where a redirect does.
  const mayKnow = (url: URL): boolean => url.protocol === "https:" || named.has(url.origin);
  const asked = new Map<string, Promise<Credentials | undefined>>();
  const fromKeyring = (url: URL): Promise<Credentials | undefined> => {
    let found = asked.get(url.origin);
    if (found === undefined) {
      const user = url.username === "" ? known.get(url.origin)?.username : decode(url.username);
      found = secrets.find(url.origin, user).then((pair) => pair ?? secrets.find(url.host, user));
      asked.set(url.origin, found);
    }
    return found;
  };
  return async (request) => {
    const url = new URL(request.url.reveal());
    const first =
      ownCredentials(url) ?? known.get(url.origin) ?? (mayKnow(url) ? sources.netrc(url.hostname) : undefined);
    const plain = { ...request, url: request.url.withoutCredentials() };
    const answer = await send(first === undefined ? plain : withCredentials(plain, first));
    const response = first === undefined ? answer : { ...answer, knewCredentials: true };
    if ((response.status !== 401 && response.status !== 403) || !sources.keyring || !mayKnow(url)) return response;
    const second = await fromKeyring(url);
    if (second === undefined || (second.username === first?.username && second.password === first.password)) {
      return response;
    }
    await response.discard();
    known.set(url.origin, second);
    return { ...(await send(withCredentials(plain, second))), knewCredentials: true };
  };
}

function credentialsOfIndexes(indexes: readonly SafeUrl[]): Map<string, Credentials> {
  const known = new Map<string, Credentials>();
  for (const index of indexes) {
    const url = new URL(index.reveal());
    const own = ownCredentials(url);
    if (own !== undefined && !known.has(url.origin)) known.set(url.origin, own);
  }
  return known;
}

function ownCredentials(url: URL): Credentials | undefined {
  if (url.password === "" && url.username === "") return undefined;
  return { username: decode(url.username), password: decode(url.password) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray `%`: meant as it is written.
    return text;
  }
}

function withCredentials<T extends { readonly headers?: Readonly<Record<string, string>> }>(
  request: T,
  { username, password }: Credentials,
): T {
  const token = Buffer.from(`${username}:${password}`, "utf8").toString("base64");
  return { ...request, headers: { ...request.headers, authorization: `Basic ${token}` } };
}
