import type { AbsPath } from "../base/index.ts";
import type { ProcRequest } from "../ports/index.ts";
import { buildFailed, sourceInvalid } from "./errors.ts";
import { hookProgram } from "./hook-program.ts";
import { readLog } from "./log-advice.ts";
import type { BuildSystem } from "./project-file.ts";
import { type Confinement, confined, type SandboxIo } from "./sandbox.ts";

/** The hooks of PEP 517 and 660 that are called. */
export type Hook =
  | "get_requires_for_build_wheel"
  | "get_requires_for_build_editable"
  | "prepare_metadata_for_build_wheel"
  | "prepare_metadata_for_build_editable"
  | "build_wheel"
  | "build_editable";

export type ConfigSettings = Readonly<Record<string, string | readonly string[]>>;

export interface HookCall {
  /** What messages call the sources. */
  readonly label: string;
  readonly source: AbsPath;
  readonly system: BuildSystem;
  /** Python of the environment that has the build requirements. */
  readonly python: AbsPath;
  readonly settings: ConfigSettings;
  /** A fresh directory for the request, the answer and what the backend makes. */
  readonly stage: AbsPath;
  readonly log: AbsPath;
  readonly confinement: Confinement | undefined;
  readonly signal?: AbortSignal;
}

export interface HookWork {
  readonly hook: Hook;
  /** Where the backend puts what it makes. */
  readonly into?: AbsPath;
  /** A metadata directory that an earlier hook made. */
  readonly metadata?: AbsPath;
}

interface Answer {
  readonly kind: "done" | "failed" | "no-hook" | "no-backend" | "backend-elsewhere";
  readonly result?: unknown;
}

const longestBuildMs = 3_600_000;

/**
 * Runs a hook. `undefined`: the backend doesn't have it. Throws `BUILD_FAILED` with what the log tells, or
 * `SOURCE_INVALID` when the named backend isn't there.
 */
export async function callHook(io: SandboxIo, call: HookCall, work: HookWork): Promise<unknown> {
  const { fs } = io;
  const request = fs.path.join(call.stage, `${work.hook}.request.json`);
  const answerFile = fs.path.join(call.stage, `${work.hook}.answer.json`);
  const program = fs.path.join(call.stage, "hook.py");
  await fs.write(program, hookProgram);
  const facts = {
    hook: work.hook,
    source: call.source,
    backend: call.system.backend,
    backendPath: call.system.backendPath,
    settings: call.settings,
    into: work.into,
    metadata: work.metadata ?? null,
    answer: answerFile,
    log: call.log,
  };
  await fs.write(request, JSON.stringify(facts));
  await start(io, call, [call.python, program, request]);
  const answer = parseAnswer(await fs.readText(answerFile).catch(() => ""));
  switch (answer?.kind) {
    case "done":
      return answer.result;
    case "no-hook":
      return undefined;
    case "backend-elsewhere":
      throw sourceInvalid(
        call.label,
        `names a backend in \`backend-path\` that is not there: \`${call.system.backend}\``,
      );
    case "no-backend":
    case "failed":
    case undefined:
      throw await failureOf(io, call, work.hook);
  }
}

async function start(io: SandboxIo, call: HookCall, argv: readonly [string, ...string[]]): Promise<void> {
  const { confinement, signal } = call;
  const inside = confinement === undefined ? undefined : await confined(io, argv, confinement);
  const result = await io.proc.run({
    argv: inside ?? argv,
    env: environmentFor(io, call),
    cwd: call.source,
    timeoutMs: longestBuildMs,
    ...(signal === undefined ? {} : { signal }),
  });
  // What could not even begin says so on its own streams; the log should hold it like all else.
  const said = Buffer.concat([result.stdout, result.stderr]).toString("utf8");
  if (said !== "") await append(io, call.log, said);
}

async function append(io: SandboxIo, log: AbsPath, text: string): Promise<void> {
  const before = await io.fs.readText(log).catch(() => "");
  await io.fs.write(log, before + text);
}

/** Programs of the build environment first; nothing of Python's variables, which would lead it elsewhere. */
function environmentFor({ fs, system }: SandboxIo, { python, stage }: HookCall): ProcRequest["env"] {
  const env: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(system.env)) {
    if (!/^(?:PYTHON|PIP_|VIRTUAL_ENV|__PYVENV)/.test(name)) env[name] = value;
  }
  const programs = fs.path.directory(python);
  const separator = system.os === "windows" ? ";" : ":";
  return {
    ...env,
    PATH: env["PATH"] === undefined ? programs : `${programs}${separator}${env["PATH"]}`,
    PYTHONNOUSERSITE: "1",
    PYTHONDONTWRITEBYTECODE: "1",
    PYTHONUTF8: "1",
    PYTHONUNBUFFERED: "1",
    TMPDIR: stage,
    VIRTUAL_ENV: fs.path.directory(programs),
  };
}

function parseAnswer(text: string): Answer | undefined {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return undefined;
  }
}

const steps: Readonly<Record<Hook, string>> = {
  get_requires_for_build_wheel: "asking what its build needs",
  get_requires_for_build_editable: "asking what its build needs",
  prepare_metadata_for_build_wheel: "preparing its metadata",
  prepare_metadata_for_build_editable: "preparing its metadata",
  build_wheel: "building a wheel",
  build_editable: "building an editable install",
};

async function failureOf(io: SandboxIo, { label, log }: HookCall, hook: Hook): Promise<Error> {
  const { lines, advice } = readLog(await io.fs.readText(log).catch(() => ""));
  return buildFailed(label, { step: steps[hook], lines, log, advice });
}
