/**
 * codec: bytes <-> values. zip archives (own strict reader, APPNOTE 6.3 with zip64), tar archives
 * (POSIX ustar and pax, GNU long names), ELF, Mach-O, launchers of Windows, names in bytecode, Python's ini dialect, TOML, YAML, JSON with comments.
 * Invariants: pure, no I/O of its own (archives come through `ZipSource`); nothing is believed that the bytes can lie about.
 */

export type { BytecodeName } from "./bytecode-names.ts";
export { bytecodeNames, isUncheckedBytecode } from "./bytecode-names.ts";
export type { ElfFacts } from "./elf.ts";
export { isElf, readElf } from "./elf.ts";
export type { ElfRunPath } from "./elf-run-path.ts";
export { readElfRunPaths, runPathTag } from "./elf-run-path.ts";
export { archiveInvalid, shownName } from "./errors.ts";
export type { ExeLauncher } from "./exe-launcher.ts";
export { readExeLauncher, withLauncherPython } from "./exe-launcher.ts";
export type { Hash } from "./hash.ts";
export { createHash } from "./hash.ts";
export { Inflater } from "./inflater.ts";
export type { IniOptions, IniSections } from "./ini.ts";
export { parseIni } from "./ini.ts";
export type { JsoncObject } from "./jsonc.ts";
export { editJsonc, parseJsonc } from "./jsonc.ts";
export type { MachOFacts, MachOPath } from "./mach-o.ts";
export { isMachO, readMachO } from "./mach-o.ts";
export type { PathList } from "./path-lists.ts";
export { formatPathLists, parsePathLists } from "./path-lists.ts";
export type { SourceLine, SourceText } from "./source-text.ts";
export { decodeSource, encodeSource, splitLines } from "./source-text.ts";
export type { TarEntry, TarLimits } from "./tar.ts";
export { defaultTarLimits, readTar } from "./tar.ts";
export { tarEnd, tarMemberHead, tarPadding } from "./tar-write.ts";
export type { TextEdit } from "./text-edit.ts";
export { applyEdits } from "./text-edit.ts";
export type { TomlOptions, TomlTable, TomlValue } from "./toml.ts";
export { parseToml } from "./toml.ts";
export type { TomlPlace } from "./toml-place.ts";
export { findInTable, findTopLevel } from "./toml-place.ts";
export type { YamlOptions, YamlValue } from "./yaml.ts";
export { parseYaml } from "./yaml.ts";
export type { ZipDirectory, ZipEntry, ZipSource } from "./zip-directory.ts";
export { readZipDirectory } from "./zip-directory.ts";
export {
  checkDescriptor,
  crc32,
  dataOffset,
  entryData,
  extractEntry,
  maxLocalHeaderBytes,
  readZipEntry,
  unpackEntry,
  zipInMemory,
} from "./zip-entry.ts";
export type { ZipMember } from "./zip-write.ts";
export { zipEnd, zipMemberHead } from "./zip-write.ts";
