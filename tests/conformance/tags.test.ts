import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  androidPlatforms,
  compatibleTags,
  iosPlatforms,
  linuxPlatforms,
  macPlatforms,
  parseTag,
  windowsPlatforms,
} from "../../src/pep/index.ts";
import compatible from "./data/packaging/compatible_tags.json" with { type: "json" };
import platforms from "./data/packaging/platform_tags.json" with { type: "json" };
import compressed from "./data/packaging/tag_parse.json" with { type: "json" };

type Pair = [number, number];

interface PlatformCase {
  readonly kind: string;
  readonly arch?: string;
  readonly libc?: number[];
  readonly version?: number[];
  readonly multiarch?: string;
  readonly api_level?: number;
  readonly abi?: string;
  readonly sysconfig_platform?: string;
  readonly expected: string[];
}

function platformsOf(given: PlatformCase): readonly string[] {
  const { arch = "", abi = "", multiarch = "" } = given;
  const version = given.version as Pair;
  switch (given.kind) {
    case "linux-glibc":
      return linuxPlatforms({ machine: arch, glibc: given.libc as Pair });
    case "linux-musl":
      return linuxPlatforms({ machine: arch, musl: given.libc as Pair });
    case "macos":
      return macPlatforms({ version, machine: arch });
    case "ios":
      return iosPlatforms({ version, multiarch });
    case "android":
      return androidPlatforms({ apiLevel: given.api_level ?? 0, abi });
    default:
      return windowsPlatforms(given.sysconfig_platform ?? "");
  }
}

describe("tags as Python's packaging has them", () => {
  it.each(compressed.cases)("expands $input", ({ input, expected }) => {
    if (Array.isArray(expected)) expect([...parseTag(input)].sort()).toEqual(expected);
    else expect(() => parseTag(input)).toThrow("is not a wheel tag");
  });

  it.each(platforms.cases as PlatformCase[])("lists the platforms of $kind $arch $libc $version", (given) => {
    expect(platformsOf(given)).toEqual(given.expected);
  });

  it.each(compatible.cases)("ranks the tags of $implementation $python $abis on $platform", (given) => {
    const platforms = (compatible.meta.platforms as Record<string, string[]>)[given.platform] ?? [];
    const { implementation, abis } = given;
    const tags = compatibleTags({ implementation, pythonVersion: given.python as Pair, abis, platforms });
    expect(tags.length).toBe(given.count);
    expect(createHash("sha256").update(tags.join("\n")).digest("hex")).toBe(given.sha256);
  });
});
