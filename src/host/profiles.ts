import { type AbsPath, hasCode, nearest } from "../base/index.ts";
import { explainingDisk } from "../disk/index.ts";
import type { Fs } from "../ports/index.ts";
import { hostNameInvalid, hostUnknown } from "./errors.ts";
import { formatProfile, type HostProfile, isHostName, readProfile } from "./profile.ts";
import { templates } from "./templates.ts";

interface Place {
  readonly hosts: AbsPath;
}

export function profileFile(fs: Pick<Fs, "path">, { hosts }: Place, name: string): AbsPath {
  if (!isHostName(name)) throw hostNameInvalid(name);
  return fs.path.join(hosts, `${name}.toml`);
}

/** Names of the hosts that are known here. */
export async function hostNames(fs: Fs, { hosts }: Place): Promise<readonly string[]> {
  const entries = (await fs.list(hosts)) ?? [];
  return entries.flatMap(({ name }) => {
    const host = /^(.*)\.toml$/.exec(name)?.[1];
    return host !== undefined && isHostName(host) ? [host] : [];
  });
}

/** Throws `HOST_UNKNOWN` with near names, `HOST_INVALID` for a file that can't be read. */
export async function openProfile(fs: Fs, layout: Place, name: string): Promise<HostProfile> {
  const found = await findProfile(fs, layout, name);
  if (found !== undefined) return found;
  const names = await hostNames(fs, layout);
  throw hostUnknown(
    name,
    nearest(name, names),
    templates.map((one) => one.id),
  );
}

export async function findProfile(fs: Fs, layout: Place, name: string): Promise<HostProfile | undefined> {
  const file = profileFile(fs, layout, name);
  try {
    return readProfile(fs, name, await fs.readText(file), file);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw error;
  }
}

export async function writeProfile(fs: Fs, layout: Place, profile: HostProfile, askedMs: number): Promise<AbsPath> {
  const file = profileFile(fs, layout, profile.name);
  await explainingDisk(file, async () => {
    await fs.makeDir(layout.hosts);
    await fs.writeAtomic(file, formatProfile(profile, askedMs));
  });
  return file;
}
