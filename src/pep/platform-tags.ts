type OsVersion = readonly [major: number, minor: number];

/** Which platform tags a Linux can use, best first: PEP 513, 571, 599, 600 (glibc) and 656 (musl). */
export function linuxPlatforms({
  machine,
  glibc,
  musl,
}: {
  /** As `platform.machine()` says it, for a 64-bit process: `x86_64`, `aarch64`. */
  readonly machine: string;
  readonly glibc?: OsVersion | undefined;
  readonly musl?: OsVersion | undefined;
}): readonly string[] {
  const arch = underscored(machine);
  // 32-bit userland on a 64-bit ARM kernel runs both.
  const archs = arch === "armv8l" ? ["armv8l", "armv7l"] : [arch];
  const tags = archs.map((name) => `linux_${name}`);
  if (glibc !== undefined && archs.some((name) => manylinuxArchs.has(name))) {
    for (const name of archs) addManylinux(tags, name, glibc);
  }
  if (musl !== undefined) {
    for (const name of archs) {
      for (let minor = musl[1]; minor >= 0; minor--) tags.push(`musllinux_${musl[0]}_${minor}_${name}`);
    }
  }
  return tags;
}

/** Other architectures have no manylinux ABI. */
const manylinuxArchs: ReadonlySet<string> = new Set(
  "x86_64 i686 aarch64 armv7l ppc64 ppc64le s390x loongarch64 riscv64".split(" "),
);

const legacyManylinux: Readonly<Record<string, string>> = {
  "2_17": "manylinux2014",
  "2_12": "manylinux2010",
  "2_5": "manylinux1",
};

function addManylinux(tags: string[], arch: string, [major, minor]: OsVersion): void {
  const oldestMinor = arch === "x86_64" || arch === "i686" ? 5 : 17;
  for (let version = major; version === major || version >= 2; version--) {
    // The last minor of a finished major is unknown; packaging assumes 50.
    const newest = version === major ? minor : 50;
    for (let step = newest; step >= (version === 2 ? oldestMinor : 0); step--) {
      tags.push(`manylinux_${version}_${step}_${arch}`);
      const legacy = legacyManylinux[`${version}_${step}`];
      if (legacy !== undefined) tags.push(`${legacy}_${arch}`);
    }
  }
}

/** Platform tags of a macOS, best first; `version` as `platform.mac_ver()`, `machine` is `arm64` or `x86_64` (older: `i386`, `ppc`, `ppc64`). */
export function macPlatforms({
  version,
  machine,
}: {
  readonly version: OsVersion;
  readonly machine: string;
}): readonly string[] {
  const tags: string[] = [];
  const [major, minor] = version;
  const add = (release: OsVersion, formats: readonly string[]): void => {
    for (const format of formats) tags.push(`macosx_${release[0]}_${release[1]}_${format}`);
  };
  if (major === 10) for (let step = minor; step >= 0; step--) add([10, step], macFormats([10, step], machine));
  if (major < 11) return tags;
  // Since 11 the major is the yearly release.
  for (let year = major; year >= 11; year--) add([year, 0], macFormats([year, 0], machine));
  // Arm starts with 11, but the x86_64 half of a universal2 file may name an older release.
  for (let step = 16; step >= 4; step--) {
    add([10, step], machine === "x86_64" ? macFormats([10, step], machine) : ["universal2"]);
  }
  return tags;
}

/** Which binary formats run on a machine, with the releases of macOS 10 that could load them. */
const macFormatTable: Readonly<
  Record<string, { readonly from: number; readonly to: number; readonly formats: string }>
> = {
  x86_64: { from: 4, to: 99, formats: "x86_64 intel fat64 fat3 universal2 universal" },
  i386: { from: 4, to: 99, formats: "i386 intel fat3 fat universal" },
  ppc64: { from: 4, to: 5, formats: "ppc64 fat64 universal" },
  ppc: { from: 0, to: 6, formats: "ppc fat3 fat universal" },
  intel: { from: 0, to: 99, formats: "intel universal" },
  arm64: { from: 0, to: 99, formats: "arm64 universal2" },
};

function macFormats([major, minor]: OsVersion, machine: string): readonly string[] {
  const row = macFormatTable[machine];
  if (row === undefined) return [machine];
  const release = major > 10 ? 99 : minor;
  return release < row.from || release > row.to ? [] : row.formats.split(" ");
}

/** The one platform tag of a Windows Python, from `sysconfig.get_platform()`: `win-amd64`, `win32`, `win-arm64`. */
export function windowsPlatforms(sysconfigPlatform: string): readonly string[] {
  return [underscored(sysconfigPlatform)];
}

/** PEP 730: from the given release down to iOS 12; `multiarch` as `arm64-iphoneos`. */
export function iosPlatforms({
  version,
  multiarch,
}: {
  readonly version: OsVersion;
  readonly multiarch: string;
}): readonly string[] {
  const [major, minor] = version;
  const tags: string[] = [];
  for (let release = major; release >= 12; release--) {
    for (let step = release === major ? minor : 9; step >= 0; step--) {
      tags.push(`ios_${release}_${step}_${multiarch.replaceAll("-", "_")}`);
    }
  }
  return tags;
}

/** PEP 738: from the given API level down to 16. */
export function androidPlatforms({
  apiLevel,
  abi,
}: {
  readonly apiLevel: number;
  readonly abi: string;
}): readonly string[] {
  const tags: string[] = [];
  for (let level = apiLevel; level >= 16; level--) tags.push(`android_${level}_${underscored(abi)}`);
  return tags;
}

function underscored(text: string): string {
  return text.replace(/[-. ]/g, "_");
}
