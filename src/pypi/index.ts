/**
 * pypi: the client of package indexes. Names -> listings, files -> metadata and verified bytes.
 * Invariants: bytes are believed only after their digest; credentials go to their own origin only; a damaged cache entry
 * counts as absent; offline is a state, not a failure. Standards: PEP 503, 592, 629, 658, 691, 700, 714, 792.
 */
export type { AdvisorySource, Subject } from "./advisories.ts";
export { openAdvisories } from "./advisories.ts";
export { type ClientPorts, createIndexClient } from "./client.ts";
export { defaultIndexUrl } from "./default-index.ts";
export { type BytesOptions, fetchBytes } from "./fetch-bytes.ts";
export { knownNames } from "./known-names.ts";
export type { IndexLocation, IndexSettings, IndexStrategy, RouteSettings } from "./settings.ts";
export { indexSettings, straightRoutes } from "./settings.ts";
export type {
  FetchedFile,
  FetchOptions,
  FileMetadata,
  ListedFile,
  Listing,
  PackageSource,
  ProjectStatus,
  Release,
  WantedFile,
} from "./source.ts";
