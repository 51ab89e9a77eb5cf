import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { SafeUrl } from "../../src/base/index.ts";

/** A file of a project. */
export interface ServedFile {
  readonly filename: string;
  readonly content: Uint8Array;
  readonly requiresPython?: string;
  readonly yanked?: string | true;
  readonly uploadTime?: string;
  /** Instead of the true sha256. */
  readonly hashes?: Readonly<Record<string, string>>;
  /** Offered beside the file (PEP 658). `announced` says so on the page, but the file isn't there. */
  readonly metadata?: string | "announced";
  /** Instead of the true hash of `metadata`; `true` = announced without one. */
  readonly metadataHashes?: Readonly<Record<string, string>> | true;
  /** Instead of the address on this server. */
  readonly url?: string;
}

export interface ServerOptions {
  readonly format?: "html" | "json";
  /** `no-suffix` refuses `bytes=-n` with 416. Default true. */
  readonly ranges?: boolean | "no-suffix";
  readonly etags?: boolean;
  /** `cache-control` of pages. */
  readonly cacheControl?: string;
  readonly gzip?: boolean;
  /** Asked of every request. */
  readonly auth?: { readonly username: string; readonly password: string };
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Fields of every JSON page besides the files. */
  readonly json?: Readonly<Record<string, unknown>>;
}

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A real index on loopback. It records every request, and can be told to misbehave for single paths. */
export class IndexServer implements AsyncDisposable {
  readonly requests: RecordedRequest[] = [];
  readonly packages: Record<string, readonly ServedFile[]>;
  options: ServerOptions;
  readonly #server: Server;
  readonly #handlers = new Map<string, Handler[]>();
  #mostAtOnce = 0;
  #now = 0;

  private constructor(packages: Readonly<Record<string, readonly ServedFile[]>>, options: ServerOptions) {
    this.packages = { ...packages };
    this.options = options;
    const answer = (request: IncomingMessage, response: ServerResponse): void => this.#answer(request, response);
    this.#server = options.tls === undefined ? createServer(answer) : createTlsServer({ ...options.tls }, answer);
  }

  static async start(
    packages: Readonly<Record<string, readonly ServedFile[]>>,
    options: ServerOptions = {},
  ): Promise<IndexServer> {
    const server = new IndexServer(packages, options);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get origin(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `${this.options.tls === undefined ? "http" : "https"}://127.0.0.1:${port}`;
  }

  get url(): SafeUrl {
    return SafeUrl.parse(`${this.origin}/simple/`);
  }

  /** The address with credentials in it. */
  urlFor(username: string, password: string): SafeUrl {
    return SafeUrl.parse(this.url.reveal().replace("://", `://${username}:${password}@`));
  }

  /** Answers for one path; several handlers are used up one by one, the last stays. */
  on(path: string, ...handlers: Handler[]): void {
    this.#handlers.set(path, handlers);
  }

  paths(): string[] {
    return this.requests.map((request) => request.path);
  }

  get mostAtOnce(): number {
    return this.#mostAtOnce;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections?.();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = new URL(request.url ?? "/", "http://index.example").pathname;
    this.requests.push({ method: request.method ?? "", path, headers: request.headers });
    this.#mostAtOnce = Math.max(this.#mostAtOnce, ++this.#now);
    response.on("close", () => this.#now--);
    const handlers = this.#handlers.get(path);
    const handler = handlers !== undefined && handlers.length > 1 ? handlers.shift() : handlers?.[0];
    if (handler === undefined) this.serve(request, response);
    else handler(request, response);
  }

  /** What the server answers when no handler does; handlers may call it. */
  serve(request: IncomingMessage, response: ServerResponse): void {
    this.#choose(request)(request, response);
  }

  #choose(request: IncomingMessage): Handler {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://index.example").pathname);
    if (!this.#isAllowed(request)) return status(401);
    const [, kind = "", name = "", filename] = path.split("/");
    const files = this.packages[name];
    if (files === undefined) return status(404);
    if (kind === "simple") return this.#page(name, files);
    const file = files.find((one) => one.filename === filename);
    if (kind === "files" && file !== undefined) return bytesHandler(file.content, this.options);
    const beside = files.find((one) => `${one.filename}.metadata` === filename)?.metadata;
    if (beside === undefined || beside === "announced") return status(404);
    return (_request, response) => {
      response.end(beside);
    };
  }

  #isAllowed(request: IncomingMessage): boolean {
    const { auth } = this.options;
    if (auth === undefined) return true;
    const token = Buffer.from(`${auth.username}:${auth.password}`).toString("base64");
    return request.headers.authorization === `Basic ${token}`;
  }

  #page(name: string, files: readonly ServedFile[]): Handler {
    const isJson = this.options.format === "json";
    const body = Buffer.from(isJson ? jsonPage(name, files, this.options.json) : htmlPage(name, files));
    const etag = `"${createHash("sha256").update(body).digest("hex").slice(0, 16)}"`;
    return (request, response) => {
      if (this.options.cacheControl !== undefined) response.setHeader("cache-control", this.options.cacheControl);
      if (this.options.etags === true) response.setHeader("etag", etag);
      if (this.options.etags === true && request.headers["if-none-match"] === etag) {
        response.writeHead(304).end();
        return;
      }
      response.setHeader("content-type", isJson ? "application/vnd.pypi.simple.v1+json" : "text/html");
      if (this.options.gzip === true) response.setHeader("content-encoding", "gzip");
      response.end(this.options.gzip === true ? gzipSync(body) : body);
    };
  }
}

/** A server with these projects; see `IndexServer`. */
export function indexServer(
  packages: Readonly<Record<string, readonly ServedFile[]>>,
  options: ServerOptions = {},
): Promise<IndexServer> {
  return IndexServer.start(packages, options);
}

export function htmlPage(name: string, files: readonly ServedFile[]): string {
  const links = files.map((file) => {
    const hashes = Object.entries(hashesOf(file)).map(([algorithm, digest]) => `${algorithm}=${digest}`);
    const href = `${addressOf(name, file)}${hashes.length === 0 ? "" : `#${hashes.join("&")}`}`;
    return `<a href="${escapeHtml(href)}"${attributes(file)}>${escapeHtml(file.filename)}</a><br/>`;
  });
  return `<!DOCTYPE html>\n<html><head><title>Links for ${name}</title></head><body>\n${links.join("\n")}\n</body></html>\n`;
}

export function jsonPage(name: string, files: readonly ServedFile[], more: ServerOptions["json"] = {}): string {
  return JSON.stringify({
    meta: { "api-version": "1.1" },
    name,
    files: files.map((file) => ({
      filename: file.filename,
      url: addressOf(name, file),
      hashes: hashesOf(file),
      size: file.content.byteLength,
      ...(file.requiresPython === undefined ? {} : { "requires-python": file.requiresPython }),
      ...(file.yanked === undefined ? {} : { yanked: file.yanked }),
      ...(file.uploadTime === undefined ? {} : { "upload-time": file.uploadTime }),
      ...(file.metadata === undefined ? {} : { "core-metadata": metadataHashesOf(file) }),
    })),
    ...more,
  });
}

function attributes(file: ServedFile): string {
  const pairs: [string, string][] = [];
  if (file.requiresPython !== undefined) pairs.push(["data-requires-python", file.requiresPython]);
  if (file.yanked !== undefined) pairs.push(["data-yanked", file.yanked === true ? "" : file.yanked]);
  if (file.uploadTime !== undefined) pairs.push(["data-upload-time", file.uploadTime]);
  if (file.metadata !== undefined) {
    const hashes = metadataHashesOf(file);
    const [first] = hashes === true ? [] : Object.entries(hashes);
    pairs.push(["data-core-metadata", first === undefined ? "true" : `${first[0]}=${first[1]}`]);
  }
  return pairs.map(([name, value]) => ` ${name}="${escapeHtml(value)}"`).join("");
}

function hashesOf(file: ServedFile): Readonly<Record<string, string>> {
  return file.hashes ?? { sha256: createHash("sha256").update(file.content).digest("hex") };
}

function metadataHashesOf(file: ServedFile): Readonly<Record<string, string>> | true {
  if (file.metadataHashes !== undefined) return file.metadataHashes;
  if (file.metadata === undefined || file.metadata === "announced") return true;
  return { sha256: createHash("sha256").update(file.metadata).digest("hex") };
}

function addressOf(name: string, file: ServedFile): string {
  return file.url ?? `../../files/${name}/${encodeURIComponent(file.filename)}`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** Bytes as a web server sends them: whole, or the range that was asked for. */
export function bytesHandler(bytes: Uint8Array, options: Pick<ServerOptions, "etags" | "ranges"> = {}): Handler {
  const etag = `"${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}"`;
  const size = bytes.byteLength;
  return (request, response) => {
    if (options.etags === true) response.setHeader("etag", etag);
    const condition = request.headers["if-range"];
    const isWhole = options.ranges === false || (condition !== undefined && condition !== etag);
    const match = isWhole ? null : /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? "");
    response.setHeader("content-type", "application/octet-stream");
    if (match === null) {
      response.writeHead(200, { "content-length": size }).end(bytes);
      return;
    }
    const [, from = "", to = ""] = match;
    const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
    const end = from === "" || to === "" ? size : Math.min(size, Number(to) + 1);
    if ((from === "" && options.ranges === "no-suffix") || start >= size) {
      response.writeHead(416, { "content-range": `bytes */${size}` }).end();
      return;
    }
    response.writeHead(206, { "content-range": `bytes ${start}-${end - 1}/${size}`, "content-length": end - start });
    response.end(bytes.subarray(start, end));
  };
}

/** Answers with a bare status. */
export function status(code: number, headers: Readonly<Record<string, string>> = {}): Handler {
  return (_request, response) => {
    response.writeHead(code, { ...headers }).end(`status ${code}\n`);
  };
}

export function redirect(location: string, code = 302): Handler {
  return status(code, { location });
}

/** Announces the whole body and ends the connection after `count` bytes of it. */
export function truncated(bytes: Uint8Array, count: number): Handler {
  return (_request, response) => {
    response.writeHead(200, { "content-length": bytes.byteLength });
    // Both in one packet would be thrown away together by some clients.
    response.write(bytes.subarray(0, count), () => setTimeout(() => response.socket?.destroy(), 20));
  };
}

/** Ends the connection without an answer. */
export function hangUp(): Handler {
  return (request) => {
    request.socket.destroy();
  };
}

/** Takes the request and never answers. */
export function silence(): Handler {
  return () => {};
}

/** Sends a byte, then another, and goes on like that; `everyMs` apart. */
export function trickle(everyMs: number): Handler {
  return (_request, response) => {
    response.writeHead(200, { "content-type": "text/html" });
    const timer = setInterval(() => response.write("x"), everyMs);
    response.on("close", () => clearInterval(timer));
  };
}
