/**
 * app: one file per operation; the only place where rooms meet. Used alike by the library and the command line.
 * Inputs: ports and a request. Outputs: plain, JSON-serialisable reports. Invariants: never prints, prompts, exits, or reads
 * argv, cwd or environment variables other than through `System`.
 */
export { toolVersion } from "../base/index.ts";
export type { ActivateRequest, Activation } from "./activate.ts";
export { hookMissing } from "./activate.ts";
export type * from "./check/check-types.ts";
export { excludeNewerMs, packageNames } from "./choices.ts";
export type { CleanReport, CleanRequest, UnusedEnvironment } from "./clean.ts";
export type { CloneRequest } from "./clone.ts";
export type { Difference, DiffReport, DiffRequest, DiffSide } from "./compare.ts";
export type { OpenOptions } from "./context.ts";
export type { DoctorFinding, DoctorReport, DoctorRequest } from "./doctor.ts";
export type { Editor, EditorReport, EditorRequest } from "./editor.ts";
export type { ExportReport, ExportRequest } from "./export.ts";
export type { ExportFormat } from "./export-formats.ts";
export { exportFormats } from "./export-formats.ts";
export type { ForgetReport, ForgetRequest } from "./forget.ts";
export type { HooksReport, HooksRequest } from "./hooks.ts";
export type { Imported, ImportReport, ImportRequest, NotImported } from "./import.ts";
export { behindAnswer, compile, hint } from "./internal.ts";
export type { KernelReport, KernelRequest, KernelSummary } from "./kernel/kernel.ts";
export { startKernel } from "./kernel/start-kernel.ts";
export type { FetchReport, FetchRequest } from "./locking/fetch.ts";
export type { LockChange, LockReport, LockRequest } from "./locking/lock.ts";
export type { MakeUsableRequest, UsableReport } from "./make-usable.ts";
export type { NameKind } from "./names.ts";
export { namesOf, pathsOf } from "./names.ts";
export { openVenvoy } from "./open.ts";
export type * from "./outcomes.ts";
export type { BrokenRequest, BrokenRequirement } from "./pip/check.ts";
export type { DownloadedFile, DownloadReport, DownloadRequest } from "./pip/download.ts";
export type { FrozenRequest } from "./pip/freeze.ts";
export type { InstalledPackage, InstalledRequest } from "./pip/list.ts";
export type { PackageInfo, PackageInfoReport, PackageInfoRequest } from "./pip/show.ts";
export type { Candidate, VersionsReport, VersionsRequest } from "./pip/versions.ts";
export type { ProposalData } from "./proposals.ts";
export type { ProtectReport, ProtectRequest } from "./protect.ts";
export type { RebuildOutcome, RebuildRequest } from "./rebuild.ts";
export type { RenameReport, RenameRequest } from "./rename.ts";
export type * from "./requests.ts";
export { startFailure } from "./run/program.ts";
export type { HeaderLine, ScriptEditReport, ScriptEditRequest } from "./script-edit.ts";
export type { ForeignEnvironment, ForeignHome } from "./setup/foreign-homes.ts";
export type { SetupReport, SetupRequest, SetupStep } from "./setup/setup.ts";
export type { EnvironmentSizeReport, PackageSpace } from "./size/packages.ts";
export type { SizeReport, SpaceOf } from "./size/size.ts";
export type { SubshellRequest } from "./subshell.ts";
export { tidy } from "./tidy.ts";
export type { TrackReport, TrackRequest } from "./track.ts";
export type { TrustReport, TrustRequest } from "./trust.ts";
export type { RedoRequest } from "./undo.ts";
export type { VariablesReport, VariablesRequest } from "./variables.ts";
export type { NameOptions, Venvoy } from "./venvoy.ts";
export type { FoundModule, Hidden, PathFinder, SearchEntry, WhichReport, WhichRequest } from "./which/which.ts";
