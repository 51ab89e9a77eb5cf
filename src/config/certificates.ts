import { type AbsPath, printable } from "../base/index.ts";
import type { Fs, Reporter, System } from "../ports/index.ts";
import type { Found } from "./lookup.ts";
import { pathOf } from "./places.ts";

type Io = {
  readonly fs: Fs;
  readonly system: Pick<System, "cwd" | "home" | "env" | "os">;
  readonly reporter: Reporter;
};

/** Hundreds of files are a whole trust store; more are somebody's mistake. */
const maxFiles = 2_000;

/**
 * The certificates that settings and variables name, as one text; `undefined` when there are none besides what the
 * runtime believes by itself. A file that can't be read is told as a notice and passed over, as other tools do.
 */
export async function readCertificates(
  io: Io,
  { file, directories }: { readonly file: Found | undefined; readonly directories: Found | undefined },
): Promise<string | undefined> {
  if (file !== undefined) return readFile(io, file);
  if (directories === undefined) return undefined;
  const texts: string[] = [];
  for (const dir of directories.text.split(io.system.os === "windows" ? ";" : ":")) {
    if (dir !== "") texts.push(...(await readDirectory(io.fs, pathOf(io, dir))));
  }
  return texts.length === 0 ? undefined : [...new Set(texts)].join("\n");
}

async function readFile(io: Io, found: Found): Promise<string | undefined> {
  const path = pathOf(io, found.text.trim());
  let fault = "which can't be read";
  try {
    if (await isTheRuntimes(io, path)) return undefined;
    const text = await io.fs.readText(path);
    // Anything else would make every connection fail, with words about the connection.
    if (/^-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/m.test(text)) return text;
    fault = "a file without any (PEM)";
  } catch {
    // Told below.
  }
  const text = `${found.from} names the certificates \`${printable(path)}\`, ${fault}: they are left out`;
  io.reporter.emit({ type: "notice", level: "warn", code: "CERTIFICATES_ABSENT", text });
  return undefined;
}

/** `NODE_EXTRA_CA_CERTS` is read by the runtime; reading it once more would only cost time at every connection. */
async function isTheRuntimes({ fs, system }: Io, path: AbsPath): Promise<boolean> {
  const own = system.env["NODE_EXTRA_CA_CERTS"];
  if (own === undefined || own === "") return false;
  const ownPath = fs.path.resolve(system.cwd, own);
  if (ownPath === path) return true;
  return (await fs.realPath(ownPath).catch(() => ownPath)) === (await fs.realPath(path).catch(() => path));
}

async function readDirectory(fs: Fs, dir: AbsPath): Promise<string[]> {
  const texts: string[] = [];
  for (const entry of ((await fs.list(dir).catch(() => undefined)) ?? []).slice(0, maxFiles)) {
    // OpenSSL looks only at names made of a hash; the others are the same certificates once more.
    if (!/^[0-9a-f]{8}\.\d+$/.test(entry.name)) continue;
    const text = await fs.readText(fs.path.join(dir, entry.name)).catch(() => "");
    if (text.includes("-----BEGIN CERTIFICATE-----")) texts.push(text);
  }
  return texts;
}
