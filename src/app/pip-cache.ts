import type { AbsPath, SafeUrl } from "../base/index.ts";
import { createHash } from "../codec/index.ts";
import type { Context } from "./context.ts";

/**
 * A file that pip has downloaded and keeps: its HTTP cache holds the body of every answer under the digest of the
 * address (pip 23.3 and later). The content is whatever it is; whoever takes it compares its digest.
 */
export async function pipHasWheel(context: Context, url: SafeUrl | undefined): Promise<AbsPath | undefined> {
  if (url === undefined) return undefined;
  const { fs } = context;
  const cache = pipCacheDir(context);
  if (cache === undefined) return undefined;
  const key = createHash("sha224").update(cacheKey(url)).digest("hex");
  const body = fs.path.join(cache, "http-v2", ...key.slice(0, 5), `${key}.body`);
  return (await fs.info(body))?.kind === "file" ? body : undefined;
}

/** The address as pip's cache control writes it: scheme and host in lower case, no fragment. */
function cacheKey(url: SafeUrl): string {
  const { protocol, host, pathname, search } = new URL(url.withoutCredentials().reveal());
  return `${protocol}//${host}${pathname}${search}`;
}

/** `PIP_CACHE_DIR`, else the place of the platform, as pip's own `platformdirs` has it. */
function pipCacheDir({ fs, system }: Context): AbsPath | undefined {
  const { env, home, os, cwd } = system;
  if (env["PIP_NO_CACHE_DIR"] !== undefined) return undefined;
  const told = env["PIP_CACHE_DIR"];
  if (told !== undefined && told !== "") return fs.path.resolve(cwd, told);
  if (os === "windows") {
    const local = env["LOCALAPPDATA"];
    return local === undefined ? undefined : fs.path.resolve(cwd, `${local}\\pip\\Cache`);
  }
  if (os === "macos") return fs.path.join(home, "Library", "Caches", "pip");
  const xdg = env["XDG_CACHE_HOME"];
  return xdg === undefined || xdg === "" ? fs.path.join(home, ".cache", "pip") : fs.path.resolve(cwd, `${xdg}/pip`);
}
