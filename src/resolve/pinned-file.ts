import { isVenvoyError, type PackageName, SafeUrl } from "../base/index.ts";
import { parseWheelName, type Requirement, type Version, type WheelName } from "../pep/index.ts";
import type { ListedFile, Listing } from "../pypi/index.ts";
import { notAnAddress, notAWheel, wheelOfAnother } from "./errors.ts";

/**
 * The listing of a project that was asked for by address (`name @ https://…/name-1.0-py3-none-any.whl`): one release
 * with one file. Throws `PACKAGE_BLOCKED` for anything but a wheel, and `REQUIREMENT_INVALID` for what is no address.
 */
export function listingOfAddress(requirement: Requirement, url: string): Listing {
  const { name } = requirement;
  const parsed = parseAddress(name, url);
  const filename = decodeURIComponent(new URL(parsed.reveal()).pathname.split("/").pop() ?? "");
  const wheel = wheelOf(requirement, filename, parsed);
  const file: ListedFile = {
    filename,
    href: parsed.reveal(),
    base: parsed,
    url: withoutFragment(parsed),
    hashes: hashesOf(parsed),
    yanked: false,
    kind: "wheel",
    wheel,
    index: parsed,
  };
  return { name, index: parsed, releases: [releaseOf(wheel.version, file)] };
}

/** Whether a file was asked for by its own address, and found on no index. */
export function isByAddress({ href, base }: ListedFile): boolean {
  return href === base.reveal();
}

function releaseOf(version: Version, file: ListedFile): Listing["releases"][number] {
  return { versionText: version.text, tier: 0, version, files: [file] };
}

function parseAddress(name: PackageName, url: string): SafeUrl {
  try {
    return SafeUrl.parse(url);
  } catch (cause) {
    throw notAnAddress(name, cause);
  }
}

function wheelOf({ name }: Requirement, filename: string, url: SafeUrl): WheelName {
  if (!filename.endsWith(".whl")) throw notAWheel(name, url);
  try {
    const wheel = parseWheelName(filename);
    if (wheel.name !== name) throw wheelOfAnother(name, wheel.name, url);
    return wheel;
  } catch (error) {
    if (isVenvoyError(error, "WHEEL_INVALID")) throw notAWheel(name, url);
    throw error;
  }
}

function withoutFragment(url: SafeUrl): SafeUrl {
  const plain = new URL(url.reveal());
  plain.hash = "";
  return SafeUrl.parse(plain.href);
}

function hashesOf(url: SafeUrl): Readonly<Record<string, string>> {
  const digest = /(?:^#|&)sha256=([0-9a-f]{64})/i.exec(new URL(url.reveal()).hash)?.[1];
  return digest === undefined ? {} : { sha256: digest.toLowerCase() };
}
