import { hasCode } from "../base/index.ts";
import type { Ports } from "../ports/index.ts";
import { type ShellName, shellOf } from "../shell/index.ts";

type Io = Pick<Ports, "fs" | "proc" | "system">;

interface Ancestor {
  readonly parent: number;
  readonly name: string;
}

const farthestAncestor = 12;

/**
 * The shell that somebody types in: the nearest shell among the processes that led here, since `$SHELL` is only the one of
 * the login; a script of `sh` in between is passed over.
 */
export async function detectShell(io: Io): Promise<ShellName | undefined> {
  const login = shellOf(io.system.env["SHELL"] ?? "");
  if (io.system.os === "windows") return io.system.env["PSModulePath"] === undefined ? "cmd" : "powershell";
  let plain: ShellName | undefined;
  let pid = (await ancestor(io, io.system.pid))?.parent;
  for (let steps = 0; pid !== undefined && pid > 1 && steps < farthestAncestor; steps++) {
    const found = await ancestor(io, pid);
    if (found === undefined) break;
    const shell = shellOf(found.name);
    if (shell !== undefined && shell !== "sh") return shell;
    plain ??= shell;
    pid = found.parent;
  }
  return login ?? plain;
}

async function ancestor(io: Io, pid: number): Promise<Ancestor | undefined> {
  return io.system.os === "linux" ? fromProc(io, pid) : fromPs(io, pid);
}

/** `42 (name) S 7 …`: the name may hold anything, so the last parenthesis counts. */
async function fromProc({ fs, system }: Io, pid: number): Promise<Ancestor | undefined> {
  try {
    const text = await fs.readText(fs.path.resolve(system.cwd, `/proc/${pid}/stat`));
    const end = text.lastIndexOf(")");
    const parent = Number(text.slice(end + 2).split(" ")[1]);
    return Number.isInteger(parent) ? { parent, name: text.slice(text.indexOf("(") + 1, end) } : undefined;
  } catch (error) {
    if (hasCode(error, "ENOENT", "ESRCH", "EACCES", "ENOTDIR")) return undefined;
    throw error;
  }
}

async function fromPs({ proc, system }: Io, pid: number): Promise<Ancestor | undefined> {
  try {
    const argv = ["ps", "-o", "ppid=,comm=", "-p", String(pid)] as const;
    const { stdout } = await proc.run({ argv: [...argv], env: system.env, timeoutMs: 5_000 });
    const match = /^\s*(\d+)\s+(.+?)\s*$/s.exec(new TextDecoder().decode(stdout));
    return match === null ? undefined : { parent: Number(match[1]), name: match[2] ?? "" };
  } catch (error) {
    if (hasCode(error, "ENOENT", "EACCES")) return undefined;
    throw error;
  }
}
