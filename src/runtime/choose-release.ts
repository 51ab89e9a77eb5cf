import { byCodePoint } from "../base/index.ts";
import { compareVersions, parseVersion, tryParseVersion } from "../pep/index.ts";
import { fits, type PythonRequest } from "../python/index.ts";
import { machineName, type PythonRelease } from "./release-name.ts";

/** A machine that a release has to run on. */
export interface RuntimeMachine {
  readonly os: PythonRelease["os"];
  /** As the system says it. */
  readonly machine: string;
  readonly libc: "glibc" | "musl" | undefined;
}

/** True when a release was made for such a machine (whatever level of processor it asks for). */
export function isMadeFor(release: PythonRelease, { os, machine, libc }: RuntimeMachine): boolean {
  return (
    release.os === os &&
    release.machine === machineName(machine) &&
    (os !== "linux" || release.libc === undefined || libc === undefined || release.libc === libc)
  );
}

/**
 * The release to take: the newest version that was asked for, of that the newest build, of that the smallest form. One
 * that asks for a newer processor than every machine of its kind has is never taken by itself.
 */
export function chooseRelease(
  releases: readonly PythonRelease[],
  request: PythonRequest,
  machine: RuntimeMachine,
): PythonRelease | undefined {
  return releases
    .filter((one) => one.level === 1 && isMadeFor(one, machine) && isAskedFor(one, request))
    .sort(bestFirst)[0];
}

/** True when the release's version and build are what the request names. */
export function isAskedFor(release: PythonRelease, request: PythonRequest): boolean {
  const version = tryParseVersion(release.version);
  if (version === undefined) return false;
  const [major = 0, minor = 0, micro = 0] = version.release;
  const prerelease = version.pre !== undefined;
  // Nobody who doesn't name a prerelease wants one.
  const isNamed = request.kind === "version" && request.exact === release.version;
  if (prerelease && !isNamed) return false;
  return fits(request, { ...release, versionInfo: [major, minor, micro] });
}

const formOrder = ["standalone", "nuget", "embeddable", "standalone-full"] as const;

function bestFirst(a: PythonRelease, b: PythonRelease): number {
  return (
    compareVersions(parseVersion(b.version), parseVersion(a.version)) ||
    formOrder.indexOf(a.form) - formOrder.indexOf(b.form) ||
    byCodePoint(b.build, a.build) ||
    Number(b.stripped) - Number(a.stripped) ||
    byCodePoint(a.filename, b.filename)
  );
}
