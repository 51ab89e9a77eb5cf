import { type AbsPath, printable } from "../base/index.ts";
import {
  type Base,
  chooseInterpreter,
  ensureBase,
  fits,
  parsePythonRequest,
  readVersionFile,
} from "../python/index.ts";
import { type Context, shownPath } from "./context.ts";
import { askOptions } from "./solve.ts";

/** A Python that nobody typed, and the file that asks for it. */
export interface AskedByFile extends Base {
  readonly file: AbsPath;
}

/**
 * The Python that the nearest `.python-version` here or above asks for; `undefined` when there is none. Throws as choosing
 * does, with the file in the sentence.
 */
export async function baseOfVersionFile(context: Context, signal?: AbortSignal): Promise<AskedByFile | undefined> {
  const { cwd } = context.system;
  const file = await readVersionFile(context, cwd);
  if (file === undefined) return undefined;
  const options = { ...askOptions(context, signal), versionFileFrom: cwd };
  const interpreter = await chooseInterpreter(context, undefined, options);
  return { ...(await ensureBase(context, context.layout, interpreter)), file: file.path };
}

/** The same unless `allowed`, which a file of requirements says, stands against it. Either is told. */
export function unlessRuledOut(context: Context, base: AskedByFile, allowed: string | undefined): Base | undefined {
  const { version } = base.interpreter;
  const isRuledOut = allowed !== undefined && !fits(parsePythonRequest(allowed), base.interpreter);
  const file = printable(shownPath(context, base.file), { newlines: false });
  const text = isRuledOut
    ? `\`${file}\` asks for Python ${version}, which \`${allowed}\` rules out: it is passed over`
    : `Python ${version}, as \`${file}\` asks`;
  context.reporter.emit({ type: "notice", level: "info", code: "python-version-file", text });
  return isRuledOut ? undefined : base;
}
