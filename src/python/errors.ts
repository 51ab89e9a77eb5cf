import { type AbsPath, byCodePoint, printable, VenvoyError } from "../base/index.ts";
import { type Interpreter, interpreterName, isSupported } from "./interpreter.ts";

export const requestInvalid = (text: string, reason: string): VenvoyError =>
  new VenvoyError(
    "PYTHON_REQUEST_INVALID",
    `\`${printable(text, { newlines: false })}\` is no request for a Python: ${reason}`,
    {
      hint: "Write a version (`3.12`), a range (`>=3.9,<3.13`), `pypy@3.10`, or a path",
      data: { request: text },
    },
  );

export const pythonBroken = (path: AbsPath, reason: string, cause?: unknown): VenvoyError =>
  new VenvoyError("PYTHON_BROKEN", `\`${printable(path, { newlines: false })}\` can't be used as a Python: ${reason}`, {
    hint: "Run `venvoy python list` to see which can",
    data: { path, reason },
    ...(cause === undefined ? {} : { cause }),
  });

export const descriptionInvalid = (reason: string, cause?: unknown): VenvoyError =>
  new VenvoyError("ARGUMENT_INVALID", `The description of an interpreter can't be used: ${reason}`, {
    hint: "venvoy.client.interpreter_facts() of the Python module describes the Python that runs it",
    ...(cause === undefined ? {} : { cause }),
  });

export interface NotFoundFacts {
  /** The request as a person wrote it; `undefined` when nothing was asked. */
  readonly request: string | undefined;
  readonly found: readonly Interpreter[];
  readonly broken: readonly { readonly path: AbsPath; readonly reason: string }[];
}

/** Says what is here instead, newest first, and what to type. */
export const pythonNotFound = ({ request, found, broken }: NotFoundFacts): VenvoyError => {
  const newestFirst = [...found].sort(byVersion);
  const best = newestFirst.find(isSupported);
  const wanted =
    request === undefined ? "from 3.8 to 3.14" : `that fits \`${printable(request, { newlines: false })}\``;
  const here = found.length === 0 ? "there is none at all" : `here are ${joined(newestFirst.map(interpreterName))}`;
  return new VenvoyError("PYTHON_NOT_FOUND", `No Python ${wanted} is on this machine; ${here}`, {
    hint:
      best === undefined
        ? `Bring one: venvoy python install ${request !== undefined && isVersion(request) ? request : "3.13"}`
        : `Take \`--python ${best.versionInfo.slice(0, 2).join(".")}\`, or ${
            request !== undefined && isVersion(request)
              ? `bring the one you want: venvoy python install ${request}`
              : "name a program with `--python PATH`"
          }`,
    data: {
      ...(request === undefined ? {} : { request }),
      found: newestFirst.map((one) => ({
        version: one.version,
        implementation: one.implementation,
        path: one.executable,
      })),
      broken,
    },
  });
};

function isVersion(request: string): boolean {
  return /^3(?:\.\d+){1,2}$/.test(request);
}

function byVersion(a: Interpreter, b: Interpreter): number {
  const [x, y] = [a.versionInfo, b.versionInfo];
  return y[0] - x[0] || y[1] - x[1] || y[2] - x[2] || byCodePoint(a.executable, b.executable);
}

function joined(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  const last = distinct.pop() ?? "";
  return distinct.length === 0 ? last : `${distinct.join(", ")} and ${last}`;
}

export const pythonUnsupported = (interpreter: Interpreter): VenvoyError =>
  new VenvoyError(
    "PYTHON_UNSUPPORTED",
    `\`${interpreter.executable}\` is ${interpreterName(interpreter)}, too old for environments`,
    {
      hint: "Take Python 3.8 or newer; `venvoy python list` shows what is here",
      data: { path: interpreter.executable, version: interpreter.version },
    },
  );

/** `reason` is a clause that ends the sentence. */
export const baseGone = (key: string, reason: string): VenvoyError => {
  const version = /\d+\.\d+/.exec(key)?.[0];
  const subject = version === undefined ? "The Python of the environment" : `Python ${version}`;
  return new VenvoyError("PYTHON_GONE", `${subject} is gone, and ${reason}`, {
    hint: `venvoy doctor --fix rebuilds what stood on it; or install Python ${version ?? ""} again`.replace("  ", " "),
    data: { base: key, ...(version === undefined ? {} : { python: version }) },
  });
};

/** The same failure, saying that nobody typed the request. */
export const askedByFile = (file: AbsPath, error: VenvoyError): VenvoyError =>
  new VenvoyError(error.code, `${error.message}; \`${printable(file, { newlines: false })}\` asks for it`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    data: { ...error.data, versionFile: file },
    cause: error,
  });

export function targetInvalid(text: string, why = "it is written SYSTEM-MACHINE-PYTHON"): VenvoyError {
  return new VenvoyError("ARGUMENT_INVALID", `\`${printable(text)}\` is no target: ${printable(why)}`, {
    hint: "such as linux-x86_64-cp311, linux-x86_64-glibc2.17-cp311, linux-x86_64-musl1.2-cp312, windows-amd64-cp312, macos-arm64-cp313",
    data: { target: text },
  });
}
