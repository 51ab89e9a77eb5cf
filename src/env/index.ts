/**
 * env: environments for life. In: what is asked, a lock, its artifacts, a base. Out: trees that are ordinary virtual
 * environments, in versions, with one pointer to the current one.
 * Invariants: the directory is the registry; a finished tree is never changed; `current` alone decides which version an
 * environment is, and is flipped in one step, after the tree and its record are whole; a kill at any instant leaves the
 * old version or the new one, and the next operation cleans up; whatever changes holds the environment's lock.
 * Standards: PEP 405 (virtual environments), PEP 376 and 610 (installed distributions), PEP 751 (locks in the history).
 */

export { writeActivation } from "./activation.ts";
export type { ActiveEnvironment } from "./active.ts";
export { activeEnvironment } from "./active.ts";
export { seedsFor } from "./bundled-pip.ts";
export type { CarriedFile } from "./carried-files.ts";
export type { BuildRequest, Built, ChangeRequest, EnvContext, TreeRequest } from "./change.ts";
export type { Asked, ClaimLine, ClaimSight } from "./claims.ts";
export {
  claimLifetimeMs,
  claimOf,
  conflictingClaims,
  currentClaims,
  isAnswered,
  onlyAskedBy,
  pythonRequestsOf,
  seenNow,
  unionOf,
  withClaim,
  withoutClaim,
} from "./claims.ts";
export type { Collected, CollectOptions } from "./collect.ts";
export { collectableVersions } from "./collect.ts";
export type { CreateRequest } from "./create.ts";
export type { Deleted } from "./deleted.ts";
export type { EnvIo } from "./env-io.ts";
export type { Environment, Generation } from "./environment.ts";
export { readEnvironment } from "./environment.ts";
export { newEnvId } from "./environment-id.ts";
export { envPublished, envUnknown, historyEnd } from "./errors.ts";
export type { FileEdit, FileInspection } from "./file-edits.ts";
export { inspectFiles } from "./file-edits.ts";
export { formerNameLifetimeMs } from "./former-names.ts";
export type { ExtraFile, TreeIdentity } from "./generation.ts";
export type { GoToRequest, HeldEnvironment, IntentEdit, SinceRequest } from "./held.ts";
export type { VersionFacts, VersionRecord } from "./history.ts";
export { readHistory, readLock, readRecord } from "./history.ts";
export type { EnvironmentHome, FindOptions, LockOptions } from "./home.ts";
export { environments } from "./home.ts";
export type { TreeUser } from "./in-use.ts";
export { markUse, usersOf } from "./in-use.ts";
export type { Installed, TreeInspection } from "./inspect.ts";
export { inspectTree, isUntouched, placesOf, readInstalled } from "./inspect.ts";
export type {
  AskedFor,
  Claim,
  ClaimedRequirement,
  FormerName,
  HostChoice,
  Intent,
  Keeping,
  Layout,
  PublicationOf,
  RequirementSource,
  Standing,
  Wanted,
} from "./intent.ts";
export { nothingWanted } from "./intent.ts";
export { lockDigest } from "./lock-digest.ts";
export { adaptEnvName, checkDistinct, isDirectoryName, nameKey, parseEnvName, sameName } from "./name.ts";
export { ownProgram } from "./own-program.ts";
export type { EnvLayout, Place } from "./place.ts";
export {
  generationDir,
  innerDirectory,
  intentFile,
  isInPlace,
  materialisedVersions,
  newestReleaseFile,
  releaseListFile,
} from "./place.ts";
export { emptyPlainTrash, plainTrash } from "./plain-swap.ts";
export type { Receipt, ReceiptPackage } from "./receipt.ts";
export { formatReceipt, liesInPlace, readReceipt, receiptFile } from "./receipt.ts";
export { artifactsOf, referencedArtifacts } from "./referenced.ts";
export { listNames } from "./registry.ts";
export type { RemoveOptions } from "./remove.ts";
export { knownVersion, restoreIntent } from "./restore-intent.ts";
export type { ScriptEnvironment, ScriptRequest } from "./script-environment.ts";
export {
  ensureScriptEnvironment,
  findScriptEnvironment,
  listScriptEnvironments,
  recallHeader,
  rememberHeader,
  scriptKey,
} from "./script-environment.ts";
export { noteScriptUse, sweepScripts } from "./script-sweep.ts";
export { linkStored } from "./share-copies.ts";
export type { StandaloneNeeds, StandaloneParts } from "./standalone-tree.ts";
export { linkStandalone, standaloneDigests, standaloneParts } from "./standalone-tree.ts";
export type { EnvironmentSummary } from "./summary.ts";
export type { Swept } from "./sweep.ts";
export { trashLifetimeMs } from "./trash.ts";
export type { Leftover } from "./unfinished.ts";
export { findLeftovers } from "./unfinished.ts";
export { lastUsedMs } from "./used.ts";
export { faultOfTree } from "./whole.ts";
