import type { AbsPath } from "../base/index.ts";
import type { Ports } from "../ports/index.ts";

type Io = Pick<Ports, "fs" | "system">;

/**
 * What lies at the places of a template, in the order of its patterns; where a pattern meets several, the highest version
 * first (`Maya2025` before `Maya2024`). A pattern with a variable that isn't set meets nothing.
 */
export async function placesOf(io: Io, patterns: readonly string[]): Promise<readonly AbsPath[]> {
  const found: AbsPath[] = [];
  for (const pattern of patterns) found.push(...(await matches(io, pattern)));
  return found;
}

/** Where a pattern leads when nothing of it need be there; `undefined` with a `*` or a variable that isn't set. */
export function plainPlace(io: Io, pattern: string): AbsPath | undefined {
  const text = filled(io, pattern);
  return text === undefined || text.includes("*") ? undefined : io.fs.path.resolve(io.system.home, text);
}

async function matches(io: Io, pattern: string): Promise<readonly AbsPath[]> {
  const { fs } = io;
  const text = filled(io, pattern);
  if (text === undefined || !fs.path.isAbsolute(text)) return [];
  const star = text.indexOf("*");
  if (star < 0) {
    const path = fs.path.resolve(io.system.home, text);
    return (await fs.info(path)) === undefined ? [] : [path];
  }
  const start = text.lastIndexOf("/", star);
  const parts = text.slice(start + 1).split("/");
  let places: AbsPath[] = [fs.path.resolve(io.system.home, text.slice(0, start === 0 ? 1 : start))];
  for (const part of parts) {
    const next: AbsPath[] = [];
    for (const place of places) next.push(...(await children(io, place, part)));
    places = next;
  }
  return places;
}

async function children({ fs }: Io, directory: AbsPath, part: string): Promise<readonly AbsPath[]> {
  if (!part.includes("*")) {
    const path = fs.path.join(directory, part);
    return (await fs.info(path)) === undefined ? [] : [path];
  }
  const form = new RegExp(
    `^${part
      .split("*")
      .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join("[^/]*")}$`,
    "i",
  );
  const names = ((await fs.list(directory).catch(() => undefined)) ?? []).map(({ name }) => name);
  const byVersion = new Intl.Collator("en", { numeric: true }).compare;
  return names
    .filter((name) => form.test(name) && !/-config$|\.txt$/.test(name))
    .sort((a, b) => byVersion(b, a))
    .map((name) => fs.path.join(directory, name));
}

function filled({ system }: Io, pattern: string): string | undefined {
  let isWhole = true;
  const text = pattern
    .replace(/^~(?=\/|$)/, () => system.home)
    .replace(/%(\w+)%/g, (_, name: string) => {
      const value = system.env[name];
      if (value === undefined || value === "") isWhole = false;
      return value ?? "";
    });
  return isWhole ? text.replaceAll("\\", "/") : undefined;
}
