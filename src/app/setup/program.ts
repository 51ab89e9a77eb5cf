import { type AbsPath, hasCode } from "../../base/index.ts";
import { explainingDisk } from "../../disk/index.ts";
import { quoteFor } from "../../shell/index.ts";
import type { Context } from "../context.ts";

type Io = Pick<Context, "fs" | "system">;

/** How the program gets where a shell finds it. */
export interface ProgramPlan {
  /** `none`: it is found there already. `by-hand`: something else has that name. */
  readonly action: "none" | "create" | "replace" | "by-hand";
  readonly path: AbsPath;
  /** What the new file leads to. */
  readonly leadsTo: string;
  /** Its directory is on PATH today. */
  readonly onPath: boolean;
}

/** The directory for programs of one person; the XDG Base Directory Specification 0.8 names it for Unix. */
export function programDir({ fs, system }: Io): AbsPath {
  const local = system.env["LOCALAPPDATA"];
  if (system.os === "windows") {
    const base =
      local !== undefined && fs.path.isAbsolute(local)
        ? fs.path.resolve(system.cwd, local)
        : fs.path.join(system.home, "AppData", "Local");
    return fs.path.join(base, "venvoy", "bin");
  }
  const told = system.env["XDG_BIN_HOME"];
  return told !== undefined && fs.path.isAbsolute(told)
    ? fs.path.resolve(system.cwd, told)
    : fs.path.join(system.home, ".local", "bin");
}

export function programPath(io: Io): AbsPath {
  const isScript = io.system.self.length > 1;
  const name = io.system.os === "windows" ? (isScript ? "venvoy.cmd" : "venvoy.exe") : "venvoy";
  return io.fs.path.join(programDir(io), name);
}

export async function planProgram(io: Io): Promise<ProgramPlan> {
  const { fs, system } = io;
  const path = programPath(io);
  const [program] = system.self;
  const leadsTo = system.self.join(" ");
  const onPath = pathEntries(io).includes(programDir(io));
  const own = system.self.length === 1 ? await realOf(io, program) : undefined;
  if (own !== undefined) {
    for (const dir of [programDir(io), ...pathEntries(io)]) {
      const there = fs.path.join(dir, fs.path.name(path));
      if ((await realOf(io, there)) === own)
        return { action: "none", path: there, leadsTo, onPath: onPath || dir !== programDir(io) };
    }
  }
  const present = await fs.linkInfo(path);
  if (present === undefined) return { action: "create", path, leadsTo, onPath };
  if (present.kind === "symlink") {
    const isSame = system.self.length === 1 && (await fs.readLink(path)) === program;
    return { action: isSame ? "none" : "replace", path, leadsTo, onPath };
  }
  const isOurs = await isLauncher(io, path);
  if (isOurs && (await fs.readText(path)) === launcher(io)) return { action: "none", path, leadsTo, onPath };
  return { action: isOurs ? "replace" : "by-hand", path, leadsTo, onPath };
}

/** Makes the link (a copy on Windows, where links need rights), or a small script where venvoy runs on Node. */
export async function installProgram({ fs, system }: Io, { path }: ProgramPlan): Promise<void> {
  await explainingDisk(path, async () => {
    await fs.makeDir(fs.path.directory(path));
    const [program, ...more] = system.self;
    const text = more.length === 0 ? undefined : launcher({ fs, system });
    if (text !== undefined) return fs.writeAtomic(path, text, { mode: 0o755 });
    const target = fs.path.resolve(system.cwd, program);
    if (system.os !== "windows") return fs.replaceLink(target, path, "file");
    return fs.copyFile(target, path);
  });
}

const launcherMark = "venvoy setup";

function launcher({ system }: Io): string {
  return system.os === "windows"
    ? `@rem ${launcherMark}\r\n@${system.self.map((word) => `"${word.replaceAll("%", "%%")}"`).join(" ")} %*\r\n`
    : `#!/bin/sh\n# ${launcherMark}\nexec ${system.self.map(quoteFor("sh")).join(" ")} "$@"\n`;
}

async function isLauncher({ fs }: Io, path: AbsPath): Promise<boolean> {
  const head = new TextDecoder().decode(await fs.readRange(path, 0, 64));
  return head.includes(launcherMark);
}

function pathEntries({ fs, system }: Io): readonly AbsPath[] {
  const entries = (system.env["PATH"] ?? "").split(system.os === "windows" ? ";" : ":");
  return entries.filter((dir) => fs.path.isAbsolute(dir)).map((dir) => fs.path.resolve(system.cwd, dir));
}

async function realOf({ fs, system }: Io, path: string): Promise<string | undefined> {
  try {
    return await fs.realPath(fs.path.resolve(system.cwd, path));
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR", "EACCES", "ELOOP")) return undefined;
    throw error;
  }
}
