import { isVenvoyError, VenvoyError } from "../base/index.ts";
import {
  readZipDirectory,
  readZipEntry,
  shownName,
  type ZipDirectory,
  type ZipEntry,
  type ZipSource,
} from "../codec/index.ts";
import {
  type CoreMetadata,
  compareVersions,
  normalizeName,
  parseMetadata,
  parseRecord,
  parseRequirement,
  parseWheelName,
  type RecordEntry,
  tryParseVersion,
  type WheelName,
} from "../pep/index.ts";
import { type EntryPoint, parseEntryPoints } from "./entry-points.ts";
import { wheelInvalid } from "./errors.ts";

/** A wheel whose descriptions have been read and agree with each other; none of its files has been looked into yet. */
export interface ReadWheel {
  readonly filename: string;
  readonly wheelName: WheelName;
  readonly directory: ZipDirectory;
  /** `demo-1.0.dist-info` */
  readonly distInfo: string;
  readonly metadata: CoreMetadata;
  readonly record: readonly RecordEntry[];
  readonly entryPoints: readonly EntryPoint[];
  /** What a person should know although the wheel is installed. */
  readonly warnings: readonly string[];
}

const maxUnpackedBytes = 256 * 2 ** 30;
/** Real packages stay below 40; a bomb reaches 1,000. Small ones do no harm whatever their ratio. */
const maxRatio = 200;
const harmlessBytes = 256 * 2 ** 20;

/** Reads a wheel's own descriptions. Throws `WHEEL_INVALID` or `ARCHIVE_INVALID`. */
export async function readWheel(source: ZipSource, filename: string): Promise<ReadWheel> {
  const wheelName = parseWheelName(filename);
  const directory = await readZipDirectory(source);
  checkBomb(directory, source, filename);
  const distInfo = findDistInfo(directory, wheelName, filename);
  const text = (name: string) => readText(source, directory, { path: `${distInfo}/${name}`, filename });
  const warnings = checkWheelText(await required(text, "WHEEL", filename), filename);
  const metadata = readMetadata(await required(text, "METADATA", filename), { wheelName, filename });
  warnings.push(...checkMetadataVersion(metadata, filename));
  const record = readRecord(await required(text, "RECORD", filename), filename);
  const entryPoints = parseEntryPoints((await text("entry_points.txt")) ?? "", filename);
  return { filename, wheelName, directory, distInfo, metadata, record, entryPoints, warnings };
}

function checkBomb(directory: ZipDirectory, source: ZipSource, filename: string): void {
  const total = directory.entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);
  if (total > maxUnpackedBytes || (total > harmlessBytes && total > maxRatio * source.sizeBytes)) {
    throw wheelInvalid(filename, `would unpack ${source.sizeBytes} bytes to ${total}, as an attack would`);
  }
}

function findDistInfo({ entries }: ZipDirectory, wheelName: WheelName, filename: string): string {
  const found = new Set<string>();
  for (const { name } of entries) {
    const top = name.slice(0, Math.max(0, name.indexOf("/")));
    if (top.endsWith(".dist-info")) found.add(top);
  }
  const [distInfo, other] = found;
  if (distInfo === undefined) throw wheelInvalid(filename, "has no .dist-info directory");
  if (other !== undefined) throw wheelInvalid(filename, "has several .dist-info directories");
  const [, name = "", version = ""] = /^(.+?)-([^-]+)\.dist-info$/.exec(distInfo) ?? [];
  const parsed = tryParseVersion(version);
  const agrees = normalizeName(name) === wheelName.name && parsed !== undefined;
  if (!agrees || compareVersions(parsed, wheelName.version) !== 0) {
    throw wheelInvalid(filename, `holds \`${shownName(distInfo)}\`, another package or version`);
  }
  return distInfo;
}

async function readText(
  source: ZipSource,
  { entries }: ZipDirectory,
  { path, filename }: { readonly path: string; readonly filename: string },
): Promise<string | undefined> {
  const entry = entries.find(({ name }) => name === path);
  if (entry === undefined) return undefined;
  const bytes = await readZipEntry(source, requireFile(entry, filename));
  return new TextDecoder("utf-8").decode(bytes);
}

function requireFile(entry: ZipEntry, filename: string): ZipEntry {
  if (entry.kind !== "file") throw wheelInvalid(filename, `has a \`${shownName(entry.name)}\` that is no file`);
  return entry;
}

async function required(
  text: (name: string) => Promise<string | undefined>,
  name: string,
  filename: string,
): Promise<string> {
  const found = await text(name);
  if (found === undefined) throw wheelInvalid(filename, `has no ${name} file`);
  return found;
}

/** PEP 427: a higher major version must be refused, a higher minor one is worth a warning. */
function checkWheelText(text: string, filename: string): string[] {
  const version = /^Wheel-Version:[ \t]*(\d{1,6})\.(\d{1,6})[ \t]*\r?$/im.exec(text);
  if (version === null) throw wheelInvalid(filename, "doesn't say which version of the wheel format it has");
  if (Number(version[1]) !== 1) {
    throw wheelInvalid(
      filename,
      `has version ${version[1]}.${version[2]} of the wheel format, which is not known here`,
    );
  }
  const isNewer = Number(version[2]) > 0;
  return isNewer ? [`\`${filename}\` has version 1.${version[2]} of the wheel format; 1.0 is known here`] : [];
}

function readMetadata(
  text: string,
  { wheelName, filename }: { readonly wheelName: WheelName; readonly filename: string },
): CoreMetadata {
  const metadata = attempt(filename, "has metadata that can't be used", () => parseMetadata(text));
  const version = tryParseVersion(metadata.version);
  const agrees = version !== undefined && compareVersions(version, wheelName.version) === 0;
  if (metadata.name !== wheelName.name || !agrees) {
    const says = shownName(`${metadata.displayName} ${metadata.version}`);
    throw wheelInvalid(filename, `says in its metadata that it is ${says}`);
  }
  for (const requirement of metadata.requiresDist) {
    attempt(filename, `requires \`${shownName(requirement)}\`, which isn't a requirement`, () =>
      parseRequirement(requirement),
    );
  }
  return metadata;
}

/** The same rule for the version of the metadata; 2.5 is the newest that is known here. */
function checkMetadataVersion({ metadataVersion }: CoreMetadata, filename: string): string[] {
  const [, major = "1", minor = "0"] = /^(\d{1,6})\.(\d{1,6})$/.exec(metadataVersion) ?? [];
  if (Number(major) > 2) {
    throw wheelInvalid(filename, `has version ${major}.${minor} of the metadata, which is not known here`);
  }
  const isNewer = Number(major) === 2 && Number(minor) > 5;
  return isNewer ? [`\`${filename}\` has version 2.${minor} of the metadata; 2.5 is known here`] : [];
}

function readRecord(text: string, filename: string): RecordEntry[] {
  const record = attempt(filename, "has a RECORD that can't be read", () => parseRecord(text));
  if (record.length === 0) throw wheelInvalid(filename, "has an empty RECORD");
  return record;
}

function attempt<T>(filename: string, problem: string, body: () => T): T {
  try {
    return body();
  } catch (cause) {
    if (!isVenvoyError(cause)) throw cause;
    throw wheelInvalid(filename, cause instanceof VenvoyError ? `${problem}: ${cause.message}` : problem, cause);
  }
}
