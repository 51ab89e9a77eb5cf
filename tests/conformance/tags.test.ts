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
import { vectors } from "./vectors.ts";

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

interface CompatibleCase {
  readonly implementation: string;
  readonly python: Pair;
  readonly abis: string[];
  readonly platform: string;
  readonly count: number;
  readonly sha256: string;
}

interface CompressedCase {
  readonly input: string;
  readonly expected: string[] | { readonly error: string };
}

describe("tags as Python's packaging has them", () => {
  it.each(vectors<CompressedCase>("packaging/tag_parse").cases)("expands $input", ({ input, expected }) => {
    if (Array.isArray(expected)) expect([...parseTag(input)].sort()).toEqual(expected);
    else expect(() => parseTag(input)).toThrow("is not a wheel tag");
  });

  it.each(vectors<PlatformCase>("packaging/platform_tags").cases)(
    "lists the platforms of $kind $arch $libc $version",
    (given) => {
      expect(platformsOf(given)).toEqual(given.expected);
    },
  );

  const compatible = vectors<CompatibleCase, { readonly platforms: Record<string, string[]> }>(
    "packaging/compatible_tags",
  );

  it.each(compatible.cases)("ranks the tags of $implementation $python $abis on $platform", (given) => {
    const { implementation, abis, python } = given;
    const platforms = compatible.meta.platforms[given.platform] ?? [];
    const tags = compatibleTags({ implementation, pythonVersion: python, abis, platforms });
    expect(tags.length).toBe(given.count);
    expect(createHash("sha256").update(tags.join("\n")).digest("hex")).toBe(given.sha256);
  });
});
