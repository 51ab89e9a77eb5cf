import { type AbsPath, printable, VenvoyError } from "../base/index.ts";
import { type Context, pathFrom } from "./context.ts";
import { shellDir, trustedFile } from "./hooks.ts";
import type { OperationOptions } from "./requests.ts";

export interface TrustRequest extends OperationOptions {
  /** A directory with a `.venvoy` file, or below one; else the working directory. */
  readonly directory?: string;
  /** False: never activate by that file. */
  readonly trusted: boolean;
}

export interface TrustReport {
  readonly file: AbsPath;
  /** What the file names. */
  readonly name: string;
  readonly trusted: boolean;
}

/** Answers beforehand, or anew, what the hook asks about a `.venvoy` file: that file, with that name in it. */
export async function trust(context: Context, request: TrustRequest): Promise<TrustReport> {
  const { fs } = context;
  const from = pathFrom(context, request.directory ?? ".");
  const file = await nearestFile(context, from);
  if (file === undefined) {
    throw new VenvoyError("FILE_UNREADABLE", `No \`.venvoy\` file lies in \`${printable(from)}\` or above it`, {
      hint: "echo NAME > .venvoy",
      data: { directory: from },
    });
  }
  const name = nameIn(await fs.readText(file));
  if (name === undefined || /\p{Cc}/u.test(name + file)) {
    throw new VenvoyError("FILE_UNREADABLE", `\`${printable(file)}\` names no environment`, {
      hint: "write a name in its first line",
      data: { file },
    });
  }
  const list = trustedFile(context);
  const before = (await fs.info(list)) === undefined ? "" : await fs.readText(list);
  const others = before.split("\n").filter((line) => line !== "" && line.slice(1) !== `\t${name}\t${file}`);
  await fs.makeDir(shellDir(context));
  await fs.writeAtomic(list, `${[...others, `${request.trusted ? "y" : "n"}\t${name}\t${file}`].join("\n")}\n`);
  return { file, name, trusted: request.trusted };
}

/** What a `.venvoy` file names: its first line that is no comment. */
export function nameIn(text: string): string | undefined {
  const lines = text.split("\n").map((line) => line.trim());
  return lines.find((line) => line !== "" && !line.startsWith("#"));
}

async function nearestFile({ fs }: Context, from: AbsPath): Promise<AbsPath | undefined> {
  for (let directory = from; ; directory = fs.path.directory(directory)) {
    const file = fs.path.join(directory, ".venvoy");
    // In the directory of an environment it is a directory.
    if ((await fs.info(file))?.kind === "file") return file;
    if (fs.path.directory(directory) === directory) return undefined;
  }
}
