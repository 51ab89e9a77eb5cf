import { execFileSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import { writeTar } from "./tar-writer.ts";
import { distName } from "./wheel.ts";
import { writeZip } from "./zip-writer.ts";

export interface SdistParts {
  readonly requires?: readonly string[];
  /** Further lines of PKG-INFO and METADATA. */
  readonly metadata?: readonly string[];
  /** What the build needs; a wheel of the index may be among it. */
  readonly buildRequires?: readonly string[];
  /** Written into PKG-INFO as settled (PEP 643), so that nothing needs to run for metadata. */
  readonly static?: boolean;
  /** Python that runs when the backend is asked for anything. */
  readonly backendCode?: string;
  readonly files?: Readonly<Record<string, string>>;
  /** Left out: `tar.gz`. The Python on PATH packs what Node can't. */
  readonly format?: "tar.gz" | "tar.bz2" | "tar.xz" | "zip";
}

export function sdistFilename(name: string, version: string, { format = "tar.gz" }: SdistParts = {}): string {
  return `${distName(name)}-${version}.${format}`;
}

/**
 * A real source archive whose backend lies in it and needs nothing but the standard library. What it builds has one
 * module that knows its version, and each config setting.
 */
export function sdist(name: string, version: string, parts: SdistParts = {}): Uint8Array {
  const top = `${distName(name)}-${version}`;
  const files: Record<string, string> = {
    "pyproject.toml": `[build-system]\nrequires = ${JSON.stringify(parts.buildRequires ?? [])}\nbuild-backend = "own_backend"\nbackend-path = ["."]\n`,
    "PKG-INFO": `${parts.static === true ? "Metadata-Version: 2.2" : "Metadata-Version: 2.1"}\n${metadataLines(name, version, parts)}`,
    "own_backend.py": backend(name, version, parts),
    ...parts.files,
  };
  const members = Object.entries(files).map(([path, content]) => ({ name: `${top}/${path}`, content }));
  const format = parts.format ?? "tar.gz";
  if (format === "zip")
    return writeZip(members.map(({ name: path, content }) => ({ name: path, content, mode: 0 }))).bytes;
  if (format === "tar.gz") return gzipSync(writeTar(members));
  const module = format === "tar.bz2" ? "bz2" : "lzma";
  const program = `import ${module}, sys; sys.stdout.buffer.write(${module}.compress(sys.stdin.buffer.read()))`;
  return execFileSync("python3", ["-c", program], { input: writeTar(members) });
}

function metadataLines(name: string, version: string, { requires = [], metadata = [] }: SdistParts): string {
  const needs = requires.map((line) => `Requires-Dist: ${line}`);
  return [`Name: ${name}`, `Version: ${version}`, ...needs, ...metadata, ""].join("\n");
}

function backend(name: string, version: string, parts: SdistParts): string {
  const dist = distName(name);
  const info = `${dist}-${version}.dist-info`;
  return `import base64, hashlib, os, zipfile
${parts.backendCode ?? ""}
METADATA = ${JSON.stringify(`Metadata-Version: 2.1\n${metadataLines(name, version, parts)}`)}

def prepare_metadata_for_build_wheel(directory, config_settings=None):
    os.mkdir(os.path.join(directory, "${info}"))
    with open(os.path.join(directory, "${info}", "METADATA"), "w") as file:
        file.write(METADATA)
    return "${info}"

def build_wheel(directory, config_settings=None, metadata_directory=None):
    name = "${dist}-${version}-py3-none-any.whl"
    files = {
        "${dist}/__init__.py": "__version__ = %r\\nsettings = %r\\n" % ("${version}", config_settings),
        "${info}/METADATA": METADATA,
        "${info}/WHEEL": "Wheel-Version: 1.0\\nGenerator: own\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }
    def line(path, text):
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
        return "%s,sha256=%s,%d\\n" % (path, digest, len(text.encode()))
    files["${info}/RECORD"] = "".join(line(*item) for item in files.items()) + "${info}/RECORD,,\\n"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
    return name
`;
}
