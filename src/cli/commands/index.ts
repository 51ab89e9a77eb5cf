import type { Command } from "../spec.ts";
import { check } from "./check.ts";
import { completion } from "./completion.ts";
import { create } from "./create.ts";
import { doctor } from "./doctor.ts";
import { editorPyright, editorVscode, kernel } from "./editors.ts";
import { remove as deleteCommand, list, restore, show } from "./environments.ts";
import { exportCommand, forget, importCommand, track } from "./files.ts";
import { hostModule, hostUse } from "./guard.ts";
import { hostServe } from "./host-serve.ts";
import { hostShell } from "./host-shell.ts";
import { hostLaunch, hostSnippet } from "./host-start.ts";
import { hostAdd, hostList, hostPrepare, hostRemove, hostReset, hostShow, hostStatus } from "./hosts.ts";
import { clone, diff, protect, rebuild, redo, rename, unprotect } from "./lifecycle.ts";
import { fetchCommand, lock } from "./locks.ts";
import { clean, pythonInstall, pythonList, pythonRemove, size, storeVerify } from "./machine.ts";
import { add, remove, sync, undo, upgrade } from "./packages.ts";
import { pip } from "./pip.ts";
import { publish, releases, rollback } from "./publish.ts";
import { pull } from "./pull.ts";
import { history, tree, which, why, whyNot } from "./questions.ts";
import { run } from "./run.ts";
import { set } from "./set.ts";
import { setup } from "./setup.ts";
import { pack, unpack } from "./sharing.ts";
import { activate, deactivate, hook, shell, trust } from "./shells.ts";
import { hostWorker } from "./worker.ts";

/** Every command, in the order that help shows them. */
export const commands: readonly Command[] = [
  run,
  check,
  create,
  list,
  show,
  deleteCommand,
  restore,
  add,
  remove,
  upgrade,
  sync,
  pip,
  exportCommand,
  importCommand,
  lock,
  fetchCommand,
  track,
  forget,
  tree,
  why,
  whyNot,
  which,
  history,
  undo,
  redo,
  diff,
  clone,
  rename,
  rebuild,
  protect,
  unprotect,
  set,
  activate,
  deactivate,
  shell,
  trust,
  setup,
  hook,
  completion,
  kernel,
  editorVscode,
  editorPyright,
  hostUse,
  hostModule,
  pythonInstall,
  pythonList,
  hostAdd,
  hostList,
  hostShow,
  hostStatus,
  hostPrepare,
  hostReset,
  hostLaunch,
  hostSnippet,
  hostRemove,
  hostShell,
  hostServe,
  pythonRemove,
  hostWorker,
  publish,
  releases,
  rollback,
  pack,
  pull,
  unpack,
  doctor,
  size,
  clean,
  storeVerify,
];
