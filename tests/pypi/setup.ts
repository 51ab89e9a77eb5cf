import { absPath, type PackageName } from "../../src/base/index.ts";
import { nodeHttp } from "../../src/node/index.ts";
import type { Credentials } from "../../src/ports/index.ts";
import {
  createIndexClient,
  type IndexSettings,
  indexSettings,
  type ListedFile,
  type PackageSource,
} from "../../src/pypi/index.ts";
import type { IndexServer, ServedFile } from "../kit/index-server.ts";
import { type MemoryPorts, memoryPorts } from "../kit/memory-ports.ts";
import { wheel, wheelFilename } from "../kit/wheel.ts";

export const cacheDir = absPath("/home/ann/.cache/venvoy");

/** Memory for files, a clock that never waits, and the real network to loopback. */
export function io(): MemoryPorts {
  return memoryPorts({ http: nodeHttp() });
}

export interface ClientOptions extends Partial<IndexSettings> {
  readonly secret?: Credentials;
}

/** A client of one server, or of the indexes in the options. */
export function clientOf(
  ports: MemoryPorts,
  server: IndexServer | undefined,
  { secret, ...settings }: ClientOptions = {},
): PackageSource {
  const indexes = server === undefined ? [] : [{ url: server.url }];
  const secrets = { find: async () => secret };
  return createIndexClient({ ...ports, secrets }, indexSettings({ indexes, cacheDir, timeoutMs: 60_000, ...settings }));
}

export const name = (text: string): PackageName => text as PackageName;

/** A wheel as a server offers it. */
export function served(
  project: string,
  version: string,
  { requires, ...more }: Partial<ServedFile> & { readonly requires?: readonly string[] } = {},
): ServedFile {
  const content = wheel(project, version, requires === undefined ? {} : { requires });
  return { filename: wheelFilename(project, version), content, ...more };
}

export async function versionsOf(source: PackageSource, project: string): Promise<readonly string[] | undefined> {
  return (await source.listing(name(project)))?.releases.map((release) => release.versionText);
}

/** The first file of the newest release. */
export async function newest(source: PackageSource, project: string): Promise<ListedFile> {
  const file = (await source.listing(name(project)))?.releases.at(-1)?.files[0];
  if (file === undefined) throw new Error(`${project} has no file`);
  return file;
}

/** What a failure tells: its code, or that there was none. */
export async function failure(
  work: Promise<unknown>,
): Promise<{ readonly code: unknown; readonly message: string; readonly hint: string }> {
  try {
    await work;
    return { code: "none", message: "", hint: "" };
  } catch (error) {
    const { code, message, hint } = error as { code?: unknown; message: string; hint?: string };
    return { code, message, hint: hint ?? "" };
  }
}
