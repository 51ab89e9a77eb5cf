import { type AbsPath, hasCode, VenvoyError } from "../../base/index.ts";
import type { AttachLink } from "../../ports/index.ts";
import { type Context, pathFrom } from "../context.ts";
import type { OperationOptions } from "../requests.ts";
import { HostServer } from "./host-server.ts";

export interface ServeRequest extends OperationOptions {
  /** Listens there, for any number of clients, until `signal`; else standard input and output are the one client. */
  readonly socket?: string;
  /** Called when clients can connect. */
  readonly onReady?: (socket: AbsPath) => void;
}

/** What the system takes for a socket's path, in bytes. */
const longestPath = 103;

/** Serves programs in JSON-RPC: each connection is one session. Settles when the last lane has ended. */
export async function serveHosts(context: Context, request: ServeRequest = {}): Promise<void> {
  if (request.socket !== undefined) return serveSocket(context, pathFrom(context, request.socket), request);
  const server = new HostServer(context, (listener) => context.links.stdio(listener));
  await untilOver(server.closed, request.signal);
  await server.close();
}

async function serveSocket(context: Context, path: AbsPath, { signal, onReady }: ServeRequest): Promise<void> {
  const { fs, links } = context;
  await makePlace(context, path);
  const servers = new Set<HostServer>();
  const accept = (attach: AttachLink): void => {
    const server = new HostServer(context, attach);
    servers.add(server);
    void server.closed.then(() => servers.delete(server));
  };
  const listening = await links.listen(path, accept);
  try {
    await fs.setMode(path, 0o600);
    onReady?.(path);
    await untilOver(new Promise<void>(() => {}), signal);
  } finally {
    await Promise.allSettled([...servers].map((server) => server.close()));
    await listening.close();
    await fs.remove(path);
  }
}

/** The directory keeps others away, also in the moment before the socket itself does. */
async function makePlace({ fs, links, system }: Context, path: AbsPath): Promise<void> {
  if (new TextEncoder().encode(path).byteLength > longestPath)
    throw new VenvoyError("ARGUMENT_INVALID", `\`${path}\` is too long for a socket`, {
      hint: `name a path of at most ${longestPath} bytes`,
    });
  const directory = fs.path.directory(path);
  const found = await fs.info(directory);
  if (found === undefined) {
    await fs.makeDir(directory);
    await fs.setMode(directory, 0o700);
  } else if (system.os !== "windows" && (found.owner !== system.uid || (found.mode & 0o077) !== 0))
    throw new VenvoyError("SOCKET_UNSAFE", `Others can reach \`${directory}\`, and a socket in it`, {
      hint: `chmod 700 ${directory}, or name a path in a directory that isn't there yet`,
    });
  const before = await fs.linkInfo(path);
  if (before === undefined) return;
  if (before.kind !== "other" || (await isAnswered(links, path)))
    throw new VenvoyError("SOCKET_IN_USE", `Something is at \`${path}\` already`, {
      hint: "name another path, or end the program that listens there",
    });
  // Left behind by a program that was ended.
  await fs.remove(path);
}

async function isAnswered(links: Context["links"], path: AbsPath): Promise<boolean> {
  try {
    const attach = await links.connect(path);
    await attach({ data: () => {}, ended: () => {} }).close();
    return true;
  } catch (error) {
    if (hasCode(error, "ECONNREFUSED", "ENOENT")) return false;
    throw error;
  }
}

async function untilOver(closed: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return closed;
  if (signal.aborted) return;
  await Promise.race([
    closed,
    new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
    }),
  ]);
}
