import type { Ports } from "../ports/index.ts";
import { type Context, type OpenOptions, openContext } from "./context.ts";
import type { Venvoy } from "./venvoy.ts";

/**
 * Opens venvoy over ports. Each operation is loaded when it is first called. `ABORTED` is what an aborted operation
 * throws.
 */
export function openVenvoy(ports: Ports, options: OpenOptions): Venvoy {
  let opened: Context | undefined;
  const context = (): Context => {
    opened ??= openContext(ports, options);
    return opened;
  };
  return {
    run: async (request) => (await import("./run/run.ts")).run(context(), request),
    explain: async (request) => (await import("./run/explain.ts")).explain(context(), request),
    check: async (request) => (await import("./check/check.ts")).check(context(), request),
    create: async (request) => (await import("./create.ts")).create(context(), request),
    list: async ({ here, signal } = {}) => {
      const { list, listHere } = await import("./list.ts");
      return here === true ? listHere(context(), signal) : list(context(), signal);
    },
    listDeleted: async () => (await import("./list.ts")).listDeleted(context()),
    show: async ({ name } = {}) => (await import("./show.ts")).show(context(), name),
    delete: async (names, given = {}) => (await import("./delete.ts")).deleteEnvironments(context(), names, given),
    restore: async (name, { signal } = {}) => (await import("./delete.ts")).restore(context(), name, signal),
    clone: async (request) => (await import("./clone.ts")).clone(context(), request),
    rebuild: async (request) => (await import("./rebuild.ts")).rebuild(context(), request),
    diff: async (request) => (await import("./compare.ts")).diff(context(), request),
    redo: async (request = {}) => (await import("./undo.ts")).redo(context(), request),
    rename: async (request) => (await import("./rename.ts")).rename(context(), request),
    protect: async (request) => (await import("./protect.ts")).protect(context(), request),
    add: async (request) => (await import("./packages.ts")).add(context(), request),
    remove: async (request) => (await import("./packages.ts")).remove(context(), request),
    upgrade: async (request) => (await import("./packages.ts")).upgrade(context(), request),
    requirementNames: async (files) => (await import("./files.ts")).requirementNames(context(), files),
    installed: async (request = {}) => (await import("./pip/list.ts")).installed(context(), request),
    frozen: async (request = {}) => (await import("./pip/freeze.ts")).frozen(context(), request),
    packageInfo: async (request) => (await import("./pip/show.ts")).packageInfo(context(), request),
    brokenRequirements: async (request = {}) => (await import("./pip/check.ts")).brokenRequirements(context(), request),
    versions: async (request) => (await import("./pip/versions.ts")).versions(context(), request),
    download: async (request) => (await import("./pip/download.ts")).download(context(), request),
    export: async (request = {}) => (await import("./export.ts")).exportEnvironment(context(), request),
    import: async (request) => (await import("./import.ts")).importFrom(context(), request),
    lock: async (request = {}) => (await import("./locking/lock.ts")).lock(context(), request),
    fetch: async (request) => (await import("./locking/fetch.ts")).fetchFiles(context(), request),
    track: async (request) => (await import("./track.ts")).track(context(), request),
    editScript: async (request) => (await import("./script-edit.ts")).editScript(context(), request),
    forget: async (request) => (await import("./forget.ts")).forget(context(), request),
    sync: async (request) => (await import("./sync.ts")).sync(context(), request),
    doctor: async (request = {}) => (await import("./doctor.ts")).doctor(context(), request),
    treeNamed: async (name) => (await import("./tree-doctor.ts")).treeNamed(context(), name),
    doctorTree: async (request) => (await import("./tree-doctor.ts")).doctorTree(context(), request),
    makeUsable: async (request = {}) => (await import("./make-usable.ts")).makeUsable(context(), request),
    undo: async (request = {}) => (await import("./undo.ts")).undo(context(), request),
    history: async ({ name } = {}) => (await import("./show.ts")).history(context(), name),
    tree: async ({ name } = {}) => (await import("./tree.ts")).tree(context(), name),
    treeOf: async (packageName, { name } = {}) => (await import("./tree.ts")).treeOf(context(), packageName, name),
    why: async (packageName, given = {}) => (await import("./tree.ts")).why(context(), packageName, given),
    which: async (module, given = {}) => (await import("./which/which.ts")).which(context(), module, given),
    activate: async (request) => (await import("./activate.ts")).activate(context(), request),
    subshell: async (request) => (await import("./subshell.ts")).subshell(context(), request),
    variables: async (request = {}) => (await import("./variables.ts")).variables(context(), request),
    trust: async (request) => (await import("./trust.ts")).trust(context(), request),
    hook: async (shell) => (await import("./hooks.ts")).shellHook(context(), shell),
    writeHooks: async (request = {}) => (await import("./hooks.ts")).writeHooks(context(), request),
    kernel: async (request = {}) => (await import("./kernel/kernel.ts")).kernel(context(), request),
    kernels: async () => (await import("./kernel/kernel.ts")).listKernels(context()),
    removeKernel: async (given = {}) => (await import("./kernel/kernel.ts")).removeKernel(context(), given.name, given),
    editor: async (request) => (await import("./editor.ts")).editor(context(), request),
    setup: async (request = {}) => (await import("./setup/setup.ts")).setup(context(), request),
    hostUse: async (request) => (await import("./guard/use.ts")).hostUse(context(), request),
    hostModule: async (request = {}) => (await import("./guard/module.ts")).hostModule(context(), request),
    addHost: async (request) => (await import("./host/profiles.ts")).addHost(context(), request),
    hosts: async () => (await import("./host/profiles.ts")).listHosts(context()),
    showHost: async (name) => (await import("./host/profiles.ts")).showHost(context(), name),
    prepareHost: async (request) => (await import("./host/prepare.ts")).prepareHost(context(), request),
    hostStatus: async (name) => (await import("./host/status.ts")).hostStatus(context(), name),
    resetHost: async (request) => (await import("./host/reset.ts")).resetHost(context(), request),
    launchHost: async (request) => (await import("./host/launch.ts")).launchHost(context(), request),
    hostSnippet: async (request) => (await import("./host/snippet.ts")).hostSnippet(context(), request),
    removeHost: async (name, given = {}) => (await import("./host/profiles.ts")).removeHost(context(), name, given),
    pack: async (request) => (await import("./standalone/pack.ts")).pack(context(), request),
    publish: async (request) => (await import("./publish/publish.ts")).publish(context(), request),
    releases: async (request) => (await import("./publish/releases.ts")).releases(context(), request),
    rollback: async (request) => (await import("./publish/rollback.ts")).rollback(context(), request),
    pull: async (request = {}) => (await import("./pull/pull.ts")).pull(context(), request),
    unpack: async (request) => (await import("./standalone/unpack.ts")).unpack(context(), request),
    installPython: async (request) => (await import("./python/install-python.ts")).installPython(context(), request),
    removePython: async (request) => (await import("./python/remove-python.ts")).removePython(context(), request),
    pythons: async ({ signal } = {}) => (await import("./pythons.ts")).pythons(context(), signal),
    size: async () => (await import("./size/size.ts")).size(context()),
    sizeOf: async ({ name } = {}) => (await import("./size/packages.ts")).sizeOf(context(), name),
    clean: async (given = {}) => (await import("./clean.ts")).clean(context(), given),
    verifyStore: async () => (await import("./verify-store.ts")).verifyStore(context()),
    host: {
      open: async (request = {}) => (await import("./session/open.ts")).openHostSession(context(), request),
      worker: async (request = {}) => (await import("./session/worker.ts")).apposeWorker(context(), request),
      serve: async (request = {}) => (await import("./serve/serve.ts")).serveHosts(context(), request),
      shellHistory: async () => (await import("./session/shell-history.ts")).shellHistory(context()),
    },
  };
}
