import { type AbsPath, hasCode } from "../../base/index.ts";
import type { Ports } from "../../ports/index.ts";
import type { Candidate } from "../interpreter.ts";
import { look } from "./look.ts";
import { variable } from "./variables.ts";

type Io = Pick<Ports, "fs" | "proc" | "system">;

/** Where installers register Pythons (PEP 514), in the order of precedence. */
const registryQueries: readonly (readonly string[])[] = [
  ["HKCU\\Software\\Python", "/s"],
  ["HKLM\\Software\\Python", "/s", "/reg:64"],
  ["HKLM\\Software\\Python", "/s", "/reg:32"],
];

/** What the registry and the `py` launcher know of. */
export async function* windowsInstallations(io: Io): AsyncGenerator<Candidate, void, undefined> {
  for (const query of registryQueries) {
    const text = await outputOf(io, ["reg", "query", ...query]);
    for (const path of registeredPrograms(text)) yield* existing(io, path, "registry");
  }
  for (const path of launcherPrograms(await outputOf(io, ["py", "--list-paths"])))
    yield* existing(io, path, "launcher");
}

async function* existing(
  io: Io,
  path: string,
  source: "registry" | "launcher",
): AsyncGenerator<Candidate, void, undefined> {
  if (!io.fs.path.isAbsolute(path)) return;
  const resolved: AbsPath = io.fs.path.resolve(io.system.home, path);
  if ((await look(io.fs).info(resolved))?.kind === "file") yield { path: resolved, source };
}

/** Empty when the program is missing or fails: not every Windows has a launcher. */
async function outputOf({ proc, system }: Io, argv: readonly [string, ...string[]]): Promise<string> {
  const root = variable(system, "SystemRoot") ?? "C:\\Windows";
  const [name, ...rest] = argv;
  const program = name === "reg" ? `${root}\\System32\\reg.exe` : name;
  try {
    const result = await proc.run({
      argv: [program, ...rest],
      env: system.env,
      timeoutMs: 10_000,
      maxOutputBytes: 4 << 20,
    });
    return result.exit === 0 ? new TextDecoder().decode(result.stdout) : "";
  } catch (error) {
    if (hasCode(error, "ENOENT", "EACCES", "UNKNOWN")) return "";
    throw error;
  }
}

/**
 * The programs in the output of `reg query … /s`. `ExecutablePath` names the program; older entries only have the
 * directory as the unnamed value, whose name is shown in the language of the system, in brackets.
 */
export function registeredPrograms(text: string): readonly string[] {
  const programs: string[] = [];
  let isInstall = false;
  let found: { program?: string; directory?: string } = {};
  const flush = (): void => {
    const path =
      found.program ??
      (found.directory === undefined ? undefined : `${found.directory.replace(/\\+$/, "")}\\python.exe`);
    if (isInstall && path !== undefined && !programs.includes(path)) programs.push(path);
    found = {};
  };
  for (const line of text.split(/\r?\n/)) {
    if (/^HKEY_/.test(line)) {
      flush();
      isInstall = /\\InstallPath$/i.test(line.trim()) && !/\\Python\\PyLauncher\\/i.test(line);
      continue;
    }
    const match = /^ {4}(.+?) {4}REG_(?:EXPAND_)?SZ {4}(.*)$/.exec(line);
    if (match === null) continue;
    const [, name = "", value = ""] = match;
    if (/^ExecutablePath$/i.test(name)) found.program = value.trim();
    else if (/^\(.*\)$/.test(name)) found.directory = value.trim();
  }
  flush();
  return programs;
}

/** ` -V:3.12 *        C:\…\python.exe` or, from old launchers, ` -3.9-64        C:\…\python.exe *`. */
export function launcherPrograms(text: string): readonly string[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const match = /^\s*-\S+\s+(?:\*\s+)?"?([A-Za-z]:\\.*?\.exe)"?(?:\s+\*)?\s*$/i.exec(line);
    return match?.[1] === undefined ? [] : [match[1]];
  });
}
