import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type WheelParts, wheel, wheelFilename } from "./wheel.ts";

/** Backend -> project -> version -> wheel. */
export type BackendProjects = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, WheelParts>>>>>>;

/** Indexes by backend on loopback, below one place; what they don't have they forbid, as the public ones do. */
export class BackendServer implements AsyncDisposable {
  readonly requests: string[] = [];
  readonly #server: Server;

  private constructor(projects: BackendProjects) {
    const files = new Map<string, Uint8Array>();
    const pages = new Map<string, string>();
    for (const [backend, names] of Object.entries(projects)) {
      for (const [name, versions] of Object.entries(names)) {
        const links = Object.entries(versions).map(([version, parts]) => {
          const filename = wheelFilename(name, version, parts);
          const content = wheel(name, version, parts);
          files.set(`/whl/${backend}/${filename}`, content);
          const digest = createHash("sha256").update(content).digest("hex");
          return `<a href="/whl/${backend}/${encodeURIComponent(filename)}#sha256=${digest}">${filename}</a><br/>`;
        });
        pages.set(`/whl/${backend}/${name}/`, `<!DOCTYPE html>\n<html><body>\n${links.join("\n")}\n</body></html>\n`);
      }
    }
    this.#server = createServer((request, response) => {
      const path = decodeURIComponent(new URL(request.url ?? "/", "http://index.example").pathname);
      this.requests.push(path);
      const page = pages.get(path);
      const file = files.get(path);
      if (page !== undefined) response.setHeader("content-type", "text/html").end(page);
      else if (file !== undefined) response.end(file);
      else response.writeHead(403).end();
    });
  }

  static async start(projects: BackendProjects): Promise<BackendServer> {
    const server = new BackendServer(projects);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  /** The place of all backends, for `VENVOY_BACKEND_INDEX`. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/whl/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections?.();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
