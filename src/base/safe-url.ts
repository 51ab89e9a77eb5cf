/**
 * A URL whose text form never shows credentials. Errors, events, locks and logs take `SafeUrl`, so that a raw URL
 * does not type-check there. The full form is read in one place: where the request is sent.
 */
export class SafeUrl {
  readonly #full: string;
  readonly #shown: string;

  private constructor(full: string, shown: string) {
    this.#full = full;
    this.#shown = shown;
  }

  /** Throws `TypeError` when `text` is not an absolute URL. */
  static parse(text: string, base?: SafeUrl): SafeUrl {
    const url = base === undefined ? new URL(text) : new URL(text, base.#full);
    const full = url.href;
    if (url.username === "" && url.password === "") return new SafeUrl(full, full);
    if (url.username !== "") url.username = "****";
    if (url.password !== "") url.password = "****";
    return new SafeUrl(full, url.href);
  }

  /** With credentials: only for the request itself. */
  reveal(): string {
    return this.#full;
  }

  /** The URL without credentials, and whether there were any. */
  withoutCredentials(): SafeUrl {
    // Nothing was masked, so there is nothing to leave out.
    if (this.#full === this.#shown) return this;
    const url = new URL(this.#full);
    url.username = "";
    url.password = "";
    return new SafeUrl(url.href, url.href);
  }

  toString(): string {
    return this.#shown;
  }

  toJSON(): string {
    return this.#shown;
  }
}
