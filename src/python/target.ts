import { compatibleTags, linuxPlatforms, macPlatforms, type Target, windowsPlatforms } from "../pep/index.ts";
import type { Interpreter } from "./interpreter.ts";

/** What artifacts are chosen for when this interpreter shall run them, here or on a machine with another C library. */
export function targetOf(interpreter: Interpreter, libc: Interpreter["libc"] = interpreter.libc): Target {
  const [major, minor] = interpreter.versionInfo;
  return {
    pythonVersion: interpreter.version,
    implementation: interpreter.implementation,
    tags: compatibleTags({
      implementation: interpreter.markers.implementation_name,
      pythonVersion: [major, minor],
      abis: abisOf(interpreter),
      platforms: platformsOf({ ...interpreter, libc }),
    }),
    markers: interpreter.markers,
  };
}

/** The ABIs of its own extension modules, best first; as `packaging.tags` derives them. */
function abisOf({ implementation, versionInfo, soabi, debug, freeThreaded }: Interpreter): readonly string[] {
  const [major, minor] = versionInfo;
  if (implementation === "cpython") {
    // Up to 3.7 the flags of the build are part of the name (`cpython-37m-…`).
    if (major < 3 || minor < 8) return [`cp${soabi?.split("-")[1] ?? `${major}${minor}`}`];
    const plain = `cp${major}${minor}${freeThreaded ? "t" : ""}`;
    // Since 3.8 a debug build loads ordinary extensions, too.
    return debug ? [`${plain}d`, plain] : [plain];
  }
  if (soabi === undefined) return ["none"];
  const parts = soabi.split("-");
  const kept = implementation === "pypy" ? parts.slice(0, 2) : implementation === "graalpy" ? parts.slice(0, 3) : parts;
  return [kept.join("_").replace(/[-. ]/g, "_")];
}

function platformsOf({ platformTag, machine, libc, macos }: Interpreter): readonly string[] {
  if (macos !== undefined) return macPlatforms({ version: macos, machine });
  if (!platformTag.startsWith("linux")) return windowsPlatforms(platformTag);
  return linuxPlatforms({
    machine,
    glibc: libc?.kind === "glibc" ? libc.version : undefined,
    musl: libc?.kind === "musl" ? libc.version : undefined,
  });
}
