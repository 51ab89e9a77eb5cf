/**
 * share: publications, which are the releases of one environment at one place (a network share, a directory under version control), read by
 * people who have neither venvoy nor Python. Sealed trees -> objects, releases, one pointer, launchers, and back. Invariants: a release is
 * whole before its record is written and loses it before anything of it goes; the pointer changes in one step; a killed publisher or
 * collector leaves litter, never damage; ages are measured by the share's clock. What a share says is hostile until parsed.
 * Forms (`PublicationForm`) differ in how releases lie; facts, records, pointer, leases and lock are common to all of them.
 */
export { modeOf } from "./access.ts";
export type { Collected, KeptRelease } from "./collect.ts";
export { collect, holdersOf } from "./collect.ts";
export { objectName } from "./directory/objects.ts";
export {
  goneCodes,
  isGone,
  publicationGone,
  publicationInvalid,
  publicationTaken,
  publicationUnknown,
  releaseUnknown,
} from "./errors.ts";
export type { FileList, ListedFile, ListedLink } from "./file-list.ts";
export { contentOf, factsPath, listPath, lockPath, packagesOf, parseFileList, programsOf } from "./file-list.ts";
export type { PublicationForm, Pushed, PushReport, SealedTree } from "./form.ts";
export { formOf } from "./forms.ts";
export type { LauncherFile } from "./launchers/launcher.ts";
export { removeLaunchers, writeLaunchers } from "./launchers/launcher.ts";
export type { Lease } from "./leases.ts";
export { openForLeases, readLeases, sweepLeases, takeLease } from "./leases.ts";
export type { PackageDifference } from "./package-differences.ts";
export { packageDifferences } from "./package-differences.ts";
export { switchTo } from "./pointer.ts";
export { mendPrograms, readableList } from "./programs.ts";
export type { Publication, PublicationPlaces, ReleaseList } from "./publication.ts";
export {
  checkStillThere,
  currentRelease,
  findPublication,
  makePublication,
  openPublication,
  placesIn,
  readReleases,
  recordFile,
  releaseDir,
} from "./publication.ts";
export type { Published, PublishWish } from "./publish-tree.ts";
export { bytesOf, checkFits, foreseePublish, publishTree } from "./publish-tree.ts";
export type { FormName, PublicationFacts, PublishedPackage, ReleaseRecord } from "./records.ts";
export { formNames, printRecord } from "./records.ts";
export type { ShareIo } from "./share-io.ts";
export { onShare, shareNow } from "./share-io.ts";
export { removeUnpacked, unusedUnpacked } from "./vcs/unpacked.ts";
