import type { AbsPath } from "../base/index.ts";
import type { Session } from "../session/index.ts";
import type { ShellName } from "../shell/index.ts";
import type { ActivateRequest, Activation } from "./activate.ts";
import type { CheckReport, CheckRequest } from "./check/check-types.ts";
import type { CleanReport, CleanRequest } from "./clean.ts";
import type { CloneRequest } from "./clone.ts";
import type { DiffReport, DiffRequest } from "./compare.ts";
import type { DoctorReport, DoctorRequest } from "./doctor.ts";
import type { EditorReport, EditorRequest } from "./editor.ts";
import type { ExportReport, ExportRequest } from "./export.ts";
import type { ForgetReport, ForgetRequest } from "./forget.ts";
import type { HostModuleReport, HostModuleRequest } from "./guard/module.ts";
import type { HostUseReport, HostUseRequest } from "./guard/use.ts";
import type { HooksReport, HooksRequest } from "./hooks.ts";
import type { HostLaunchReport, HostLaunchRequest } from "./host/launch.ts";
import type { HostPrepareReport, HostPrepareRequest } from "./host/prepare.ts";
import type { HostAddRequest, HostList, HostReport } from "./host/profiles.ts";
import type { HostResetReport, HostResetRequest } from "./host/reset.ts";
import type { HostSnippetReport, HostSnippetRequest } from "./host/snippet.ts";
import type { HostStatus } from "./host/status.ts";
import type { ImportReport, ImportRequest } from "./import.ts";
import type { KernelReport, KernelRequest, KernelSummary } from "./kernel/kernel.ts";
import type { FetchReport, FetchRequest } from "./locking/fetch.ts";
import type { LockReport, LockRequest } from "./locking/lock.ts";
import type { MakeUsableRequest, UsableReport } from "./make-usable.ts";
import type {
  ChangeReport,
  DeletedSummary,
  EnvironmentDetails,
  EnvironmentSummary,
  HistoryEntry,
  InterpreterSummary,
  RunExplanation,
  RunPlan,
  TreeNode,
  VerifyReport,
  WhyNode,
  WhyReport,
} from "./outcomes.ts";
import type { BrokenRequest, BrokenRequirement } from "./pip/check.ts";
import type { DownloadReport, DownloadRequest } from "./pip/download.ts";
import type { FrozenRequest } from "./pip/freeze.ts";
import type { InstalledPackage, InstalledRequest } from "./pip/list.ts";
import type { PackageInfoReport, PackageInfoRequest } from "./pip/show.ts";
import type { VersionsReport, VersionsRequest } from "./pip/versions.ts";
import type { ProtectReport, ProtectRequest } from "./protect.ts";
import type { PublishReport, PublishRequest } from "./publish/publish.ts";
import type { ReleasesReport, ReleasesRequest } from "./publish/releases.ts";
import type { RollbackReport, RollbackRequest } from "./publish/rollback.ts";
import type { PullReport, PullRequest } from "./pull/pull.ts";
import type { InstalledPython, InstallPythonRequest } from "./python/install-python.ts";
import type { RemovedPython, RemovePythonRequest } from "./python/remove-python.ts";
import type { RebuildOutcome, RebuildRequest } from "./rebuild.ts";
import type { RenameReport, RenameRequest } from "./rename.ts";
import type {
  AddRequest,
  CreateRequest,
  OperationOptions,
  RemoveRequest,
  RunRequest,
  SyncRequest,
  UndoRequest,
  UpgradeRequest,
} from "./requests.ts";
import type { ScriptEditReport, ScriptEditRequest } from "./script-edit.ts";
import type { ServeRequest } from "./serve/serve.ts";
import type { SessionRequest } from "./session/open.ts";
import type { ShellHistory } from "./session/shell-history.ts";
import type { WorkerRequest } from "./session/worker.ts";
import type { SetupReport, SetupRequest } from "./setup/setup.ts";
import type { EnvironmentSizeReport } from "./size/packages.ts";
import type { SizeReport } from "./size/size.ts";
import type { PackReport, PackRequest } from "./standalone/pack.ts";
import type { UnpackReport, UnpackRequest } from "./standalone/unpack.ts";
import type { SubshellRequest } from "./subshell.ts";
import type { TrackReport, TrackRequest } from "./track.ts";
import type { TreeDoctorRequest, TreeReport } from "./tree-doctor.ts";
import type { TrustReport, TrustRequest } from "./trust.ts";
import type { RedoRequest } from "./undo.ts";
import type { VariablesReport, VariablesRequest } from "./variables.ts";
import type { WhichReport, WhichRequest } from "./which/which.ts";

export interface NameOptions extends OperationOptions {
  /** The environment; else the active one. */
  readonly name?: string;
}

/** What programs that run many scripts need. */
export interface HostFace {
  /** Opens a running set of scripts: each goes to a process that has what it needs. */
  open(request?: SessionRequest): Promise<Session>;
  /** How a worker is started that speaks Appose's messages. Starting is the caller's. */
  worker(request?: WorkerRequest): Promise<RunPlan>;
  /** Serves other programs in JSON-RPC, on standard input and output or on a socket, until they are gone. */
  serve(request?: ServeRequest): Promise<void>;
  /** What was typed into Python shells on this machine. */
  shellHistory(): Promise<ShellHistory>;
}

/** Everything that venvoy does, typed. The command line is one caller of it. */
export interface Venvoy {
  /** Makes ready what a run needs, and says how to start it. Starting is the caller's. */
  run(request: RunRequest): Promise<RunPlan>;
  /** Says which environment a run means, and why; makes and changes nothing. */
  explain(request: RunRequest): Promise<RunExplanation>;
  /**
   * Says of scripts whether they can live together, before any runs: which clash in their environments, which in one
   * process, and the fewest lanes (processes) that serve them, with the reasons.
   */
  check(request: CheckRequest): Promise<CheckReport>;
  create(request: CreateRequest): Promise<ChangeReport>;
  /** All, or with `here` those that are used from the working directory or below it. */
  list(options?: OperationOptions & { readonly here?: boolean }): Promise<readonly EnvironmentSummary[]>;
  /** What `restore` can bring back, the latest first. */
  listDeleted(options?: OperationOptions): Promise<readonly DeletedSummary[]>;
  show(options?: NameOptions): Promise<EnvironmentDetails>;
  delete(
    names: readonly string[],
    options?: OperationOptions & { readonly force?: boolean; readonly dryRun?: boolean },
  ): Promise<readonly EnvironmentSummary[]>;
  restore(name: string, options?: OperationOptions): Promise<EnvironmentSummary>;
  /** Makes a copy of an environment, from its lock. */
  clone(request: CloneRequest): Promise<ChangeReport>;
  /** Builds environments again; with `all`, one outcome for each. */
  rebuild(request: RebuildRequest): Promise<readonly RebuildOutcome[]>;
  /** In what two environments, or two versions, differ. */
  diff(request: DiffRequest): Promise<DiffReport>;
  /** Takes back an undo. */
  redo(request?: RedoRequest): Promise<ChangeReport>;
  rename(request: RenameRequest): Promise<RenameReport>;
  /** Guards an environment against changes, or lifts that. */
  protect(request: ProtectRequest): Promise<ProtectReport>;
  add(request: AddRequest): Promise<ChangeReport>;
  remove(request: RemoveRequest): Promise<ChangeReport>;
  upgrade(request: UpgradeRequest): Promise<ChangeReport>;
  /** The names that requirements files ask for. */
  requirementNames(files: readonly string[]): Promise<readonly string[]>;
  /** What a Python in the environment sees, as pip lists it. */
  installed(request?: InstalledRequest): Promise<readonly InstalledPackage[]>;
  /** What `pip freeze` prints there. */
  frozen(request?: FrozenRequest): Promise<string>;
  /** What installed packages say of themselves. */
  packageInfo(request: PackageInfoRequest): Promise<PackageInfoReport>;
  /** Requirements of installed packages that nothing serves. */
  brokenRequirements(request?: BrokenRequest): Promise<readonly BrokenRequirement[]>;
  /** The versions of a package that the indexes have for the environment's Python. */
  versions(request: VersionsRequest): Promise<VersionsReport>;
  /** Writes the files that would be installed into a directory; installs nothing. */
  download(request: DownloadRequest): Promise<DownloadReport>;
  /** Writes down what an environment is, in other tools' words. */
  export(request?: ExportRequest): Promise<ExportReport>;
  /** Makes environments of what another tool wrote or made, with the same versions. */
  import(request: ImportRequest): Promise<ImportReport>;
  /** Resolves what is asked for, for this machine or for named targets, into one lock file. */
  lock(request?: LockRequest): Promise<LockReport>;
  /** Brings every file that targets need into one directory, for `findLinks`. */
  fetch(request: FetchRequest): Promise<FetchReport>;
  /** Lets a project's file follow an environment, or stop. */
  track(request: TrackRequest): Promise<TrackReport>;
  /** Edits what a script's header asks for; installs nothing. */
  editScript(request: ScriptEditRequest): Promise<ScriptEditReport>;
  /** Drops a script's claim; what only it wanted leaves with the next version. */
  forget(request: ForgetRequest): Promise<ForgetReport>;
  sync(request: SyncRequest): Promise<ChangeReport>;
  undo(request?: UndoRequest): Promise<ChangeReport>;
  /** What is wrong with environments and the shell around them; with `fix`, mends what it can. */
  doctor(request?: DoctorRequest): Promise<DoctorReport>;
  /** The directory that a name means when it is not an environment of venvoy; `undefined` for everything else. */
  treeNamed(name: string): Promise<AbsPath | undefined>;
  /** Lists the absolute paths in a tree of whatever maker; with `fix`, makes it one for another place. */
  doctorTree(request: TreeDoctorRequest): Promise<TreeReport>;
  /** Makes sure that an environment's Python can be started. */
  makeUsable(request?: MakeUsableRequest): Promise<UsableReport>;
  history(options?: NameOptions): Promise<readonly HistoryEntry[]>;
  tree(options?: NameOptions): Promise<readonly TreeNode[]>;
  /** What needs a package, up to what was asked for. */
  treeOf(packageName: string, options?: NameOptions): Promise<WhyNode>;
  /** `idna` says why it is there; `idna==3.6` also whether that version would fit, and what stands against it. */
  why(packageName: string, options?: NameOptions): Promise<WhyReport>;
  /** Where an import comes from, and the search path; without a module the search path alone. */
  which(module: string | undefined, options?: WhichRequest): Promise<WhichReport>;
  /** Makes sure that a shell can go into an environment; going there is the shell's own doing. */
  activate(request: ActivateRequest): Promise<Activation>;
  /** How a shell is started that is in an environment. Starting is the caller's. */
  subshell(request: SubshellRequest): Promise<RunPlan>;
  /** Sets and unsets an environment's variables, or tells them. */
  variables(request?: VariablesRequest): Promise<VariablesReport>;
  /** Says whether a `.venvoy` file may activate what it names. */
  trust(request: TrustRequest): Promise<TrustReport>;
  /** What a shell loads once: the function `venvoy` and its company. */
  hook(shell: ShellName): Promise<string>;
  /** Writes the hooks of all shells where their own files can source them. */
  writeHooks(request?: HooksRequest): Promise<HooksReport>;
  /** Makes an environment a kernel of Jupyter. */
  kernel(request?: KernelRequest): Promise<KernelReport>;
  kernels(options?: OperationOptions): Promise<readonly KernelSummary[]>;
  removeKernel(options?: NameOptions & { readonly dryRun?: boolean }): Promise<readonly KernelSummary[]>;
  /** The settings that lead an editor to an environment; written only when asked. */
  editor(request: EditorRequest): Promise<EditorReport>;
  /** Makes ready what a script's header asks for, for the Python inside a host; says where it is. */
  hostUse(request: HostUseRequest): Promise<HostUseReport>;
  /** Puts the Python module for hosts where one can import it. */
  hostModule(request?: HostModuleRequest): Promise<HostModuleReport>;
  /** Puts venvoy on PATH and the hook into a shell, or undoes both; says which environments of other tools there are. */
  setup(request?: SetupRequest): Promise<SetupReport>;
  /** Asks a host program's Python what it is, and keeps the answer. */
  addHost(request: HostAddRequest): Promise<HostReport>;
  /** The hosts that are known, and the kinds that are looked for. */
  hosts(options?: OperationOptions): Promise<HostList>;
  showHost(name: string, options?: OperationOptions): Promise<HostReport>;
  /** Fills a host's environments with what scripts ask for. */
  prepareHost(request: HostPrepareRequest): Promise<HostPrepareReport>;
  /** What stands in a host's directories. */
  hostStatus(name: string, options?: OperationOptions): Promise<HostStatus>;
  /** Takes back what was put into a host's environments. */
  resetHost(request: HostResetRequest): Promise<HostResetReport>;
  /** How a host's program is started with an environment's packages. Starting is the caller's. */
  launchHost(request: HostLaunchRequest): Promise<HostLaunchReport>;
  /** Lines for a program's own startup file, and with `write` puts them there or takes them out. */
  hostSnippet(request: HostSnippetRequest): Promise<HostSnippetReport>;
  /** Forgets a host; nothing of the program is touched. */
  removeHost(name: string, options?: OperationOptions & { readonly dryRun?: boolean }): Promise<HostReport>;
  /** Writes an environment and its Python into one archive or directory that can lie anywhere. */
  pack(request: PackRequest): Promise<PackReport>;
  /** Makes verified local copies of what is published, or takes them to the release that is current there. */
  pull(request?: PullRequest): Promise<PullReport>;
  /** Unpacks what `pack` wrote, checked file by file. */
  unpack(request: UnpackRequest): Promise<UnpackReport>;
  /** Puts an environment and its Python on a share, as its next release. */
  publish(request: PublishRequest): Promise<PublishReport>;
  /** What was published to a share. */
  releases(request: ReleasesRequest): Promise<ReleasesReport>;
  /** Makes another release of a share current. */
  rollback(request: RollbackRequest): Promise<RollbackReport>;
  /** Brings a released Python onto this machine, or unpacks one for another. */
  installPython(request: InstallPythonRequest): Promise<InstalledPython>;
  /** Removes a Python that `installPython` brought, unless environments stand on it. */
  removePython(request: RemovePythonRequest): Promise<RemovedPython>;
  pythons(options?: OperationOptions): Promise<readonly InterpreterSummary[]>;
  /** Space on the disk of everything, each file counted once. */
  size(options?: OperationOptions): Promise<SizeReport>;
  /** Of one environment, by package. */
  sizeOf(options?: NameOptions): Promise<EnvironmentSizeReport>;
  /** Gives back what nothing refers to; proposes environments that nobody used for long. */
  clean(request?: CleanRequest): Promise<CleanReport>;
  verifyStore(options?: OperationOptions): Promise<VerifyReport>;
  /** For programs that run many scripts. */
  readonly host: HostFace;
}
