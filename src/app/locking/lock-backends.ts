import {
  type BackendName,
  backends,
  detectAccelerator,
  extraOfBackend,
  runnableBackends,
} from "../../backend/index.ts";
import { type AbsPath, VenvoyError } from "../../base/index.ts";
import { isOtherLock } from "../../exchange/index.ts";
import { type Pylock, parsePylock } from "../../pep/index.ts";
import { type LockChoices, lockedBackends } from "../../resolve/index.ts";
import { settingsFor } from "../choices.ts";
import { type Context, shownPath } from "../context.ts";
import { readTextFile } from "../files.ts";
import { backendNamed } from "../hardware.ts";
import type { ResolveChoices } from "../requests.ts";
import type { LockTarget } from "./lock-targets.ts";

/** Which builds a lock shall have. */
export interface LockBackends {
  /** Each once, in the order of the table of backends. Empty: what the index has, or what `auto` finds here. */
  readonly names: readonly BackendName[];
  /** Where there are several. */
  readonly choices?: LockChoices;
}

/** What is asked for now; else what the lock that is there has; else what is always asked for here. */
export async function askedBackends(
  context: Context,
  choices: ResolveChoices,
  { given = [], earlier }: { readonly given?: readonly string[] | undefined; readonly earlier?: Pylock | undefined },
): Promise<readonly string[]> {
  if (given.length > 0) return given;
  if (choices.backend !== undefined) return [choices.backend];
  const locked = earlier && lockedBackends(earlier);
  if (locked !== undefined) return locked;
  const { backend } = await settingsFor(context, choices);
  return backend.name === undefined ? [] : [backend.name];
}

/**
 * The builds that are named, in whatever order. `auto` reads this machine, so it stands alone and without named targets.
 * Throws `ARGUMENT_INVALID`.
 */
export function lockBackends(
  asked: readonly string[],
  { isForTargets }: { readonly isForTargets: boolean },
): LockBackends {
  const named = new Set(asked.filter((name) => name !== "none"));
  if (named.has("auto") && (named.size > 1 || isForTargets)) {
    throw new VenvoyError("ARGUMENT_INVALID", "`auto` reads this machine, and the lock is for others", {
      hint: "name the builds that it shall have: --backend cpu --backend cu126; each machine takes its own at install",
    });
  }
  if (named.has("auto")) return { names: [] };
  for (const name of named) backendNamed(name);
  const order = backends.map(({ name }) => name);
  const names = [...named].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  if (names.length < 2) return { names };
  // What runs on most machines is what tools install that know nothing of the choice.
  const usual = names.includes("cpu") ? "cpu" : (names.at(-1) ?? "");
  return { names, choices: { names: names.map(extraOfBackend), usual: extraOfBackend(usual) } };
}

/** Every target once for each of the builds. */
export function targetsByBackend(
  targets: readonly LockTarget[],
  { names, choices }: LockBackends,
): readonly LockTarget[] {
  if (names.length === 0) return targets;
  return targets.flatMap((one) =>
    names.map((backend) => ({
      ...one,
      backend,
      ...(choices === undefined ? {} : { choice: extraOfBackend(backend) }),
    })),
  );
}

/** What is taken of a lock here. */
export interface BackendOfLock {
  /** The extra to choose; none where the lock has no choice. */
  readonly choice?: string;
  /** For the environment to keep to. */
  readonly remembered?: string;
}

/**
 * The builds of a lock file that are for this machine: those that were asked for, else those that its driver runs. Throws
 * `BACKEND_UNFIT` when the lock has none.
 */
export async function backendOfLock(context: Context, file: AbsPath, choices: ResolveChoices): Promise<BackendOfLock> {
  if (isOtherLock(context.fs.path.name(file))) return {};
  const names = lockedBackends(parsePylock(await readTextFile(context, file)));
  if (names === undefined) return {};
  const settings = await settingsFor(context, choices);
  const asked = choices.backend ?? settings.backend.name ?? (names.length === 1 ? names[0] : "auto") ?? "auto";
  if (asked === "none") return {};
  const label = shownPath(context, file);
  if (asked !== "auto") {
    if (!names.includes(backendNamed(asked).name)) throw notInLock(label, names, `for \`${asked}\``);
    return names.length === 1 ? { remembered: asked } : { choice: extraOfBackend(asked), remembered: asked };
  }
  if (names.length === 1) return { remembered: asked };
  const { cudaDriver, amdProcessor } = settings.backend;
  const accelerator = await detectAccelerator(context, { cudaDriver, amdProcessor });
  const runnable = [...runnableBackends(accelerator, context.system.os), "cpu"];
  const found = runnable.find((name) => names.includes(name)) ?? (context.system.os === "macos" ? names[0] : undefined);
  if (found === undefined) throw notInLock(label, names, "that run on this machine");
  return { choice: extraOfBackend(found), remembered: asked };
}

function notInLock(label: string, names: readonly string[], wanted: string): VenvoyError {
  return new VenvoyError(
    "BACKEND_UNFIT",
    `\`${label}\` has no builds ${wanted}: it has those for ${names.join(", ")}`,
    {
      hint: `--backend ${names[0]} takes those, or lock it with others: venvoy lock … --backend cpu --backend ${names[0]}`,
      data: { file: label, names },
    },
  );
}
