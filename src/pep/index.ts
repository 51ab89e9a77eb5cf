/**
 * pep: the packaging standards, one per file. Text in, values out; no I/O, no platform.
 * Invariants: a value that exists is valid; parse after print gives the same value.
 */

export type { Advisory, AffectedRange } from "./advisory.ts";
export { advisoryLabel, isAffected, readIndexAdvisories, readOsv } from "./advisory.ts";
export type { Span } from "./caret.ts";
export { caret } from "./caret.ts";
export type { ContentType } from "./content-type.ts";
export { parseContentType } from "./content-type.ts";
export type { DependencyGroupItem, DependencyGroups } from "./dependency-groups.ts";
export { readDependencyGroups } from "./dependency-groups.ts";
export type { DirectUrl, DirectUrlVcs } from "./direct-url.ts";
export { directUrlValue, formatDirectUrl, parseDirectUrl, readDirectUrl } from "./direct-url.ts";
export type { IndexFile, SimplePage } from "./index-file.ts";
export type { InlineBlock, InlineBlocks, UnclosedBlock } from "./inline-script.ts";
export { readInlineBlocks } from "./inline-script.ts";
export { canonicalLicense, tryCanonicalLicense } from "./license.ts";
export type {
  Marker,
  MarkerComparison,
  MarkerGroup,
  MarkerOperand,
  MarkerOperator,
  MarkerVariable,
} from "./marker.ts";
export { markerText, parseMarker } from "./marker.ts";
export type { MarkerVariables } from "./marker-evaluation.ts";
export { evaluateMarker, evaluateMarkerWith } from "./marker-evaluation.ts";
export type { CoreMetadata } from "./metadata.ts";
export { parseMetadata } from "./metadata.ts";
export type { MetadataFields, RawFieldValue, RawMetadata } from "./metadata-fields.ts";
export { parseMetadataFields } from "./metadata-fields.ts";
export type { MetadataIssue } from "./metadata-validate.ts";
export { validateMetadata } from "./metadata-validate.ts";
export { isNormalizedName, isValidName, normalizeName, parsePackageName } from "./name.ts";
export { androidPlatforms, iosPlatforms, linuxPlatforms, macPlatforms, windowsPlatforms } from "./platform-tags.ts";
export type {
  Pylock,
  PylockArchive,
  PylockDirectory,
  PylockFile,
  PylockPackage,
  PylockVcs,
} from "./pylock.ts";
export { parsePylock, pylockFilename, readPylock } from "./pylock.ts";
export { formatPylock } from "./pylock-format.ts";
export type { PylockChoice, PylockWish } from "./pylock-select.ts";
export { selectFromPylock } from "./pylock-select.ts";
export type { RecordEntry } from "./record.ts";
export { formatRecord, parseRecord } from "./record.ts";
export type { Requirement, SplitRequirement } from "./requirement.ts";
export { parseRequirement, splitRequirements } from "./requirement.ts";
export type { RequirementsLine } from "./requirements-file.ts";
export { parseRequirementsFile } from "./requirements-file.ts";
export type { SdistName } from "./sdist-name.ts";
export { parseSdistName, sdistVersion } from "./sdist-name.ts";
export { parseSimplePage } from "./simple-index.ts";
export type { PrereleasePolicy, SpecifierOperator } from "./specifier.ts";
export { anyVersion, Specifier, SpecifierSet } from "./specifier.ts";
export {
  parseSpecifier,
  parseSpecifierSet,
  tryParseSpecifier,
  tryParseSpecifierSet,
} from "./specifier-syntax.ts";
export type { TagTarget } from "./tags.ts";
export { checkTag, compatibleTags, parseTag, TagRank } from "./tags.ts";
export type { MarkerEnvironment, Target } from "./target.ts";
export type { PreRelease } from "./version.ts";
export { canonicalVersion, compareVersions, parseVersion, tryParseVersion, Version } from "./version.ts";
export type { KeyRange } from "./version-range.ts";
export type { BuildTag, WheelName } from "./wheel-name.ts";
export { compareBuilds, parseWheelName } from "./wheel-name.ts";
