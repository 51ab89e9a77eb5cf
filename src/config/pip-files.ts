import { type AbsPath, hasCode, printable, VenvoyError } from "../base/index.ts";
import { type IniSections, parseIni } from "../codec/index.ts";
import type { Fs, System } from "../ports/index.ts";

export interface PipOption {
  readonly value: string;
  /** `/etc/pip.conf [global]` */
  readonly from: string;
}

type Io = { readonly fs: Fs; readonly system: Pick<System, "os" | "env" | "home" | "cwd"> };

/**
 * The files that pip reads, from the least to the most important: the machine's, the person's (not when
 * `PIP_CONFIG_FILE` names one), the environment's, `PIP_CONFIG_FILE`. None at all when that is the null device.
 */
export function pipConfigFiles({ fs, system }: Io, prefixes: readonly AbsPath[]): readonly AbsPath[] {
  const named = system.env["PIP_CONFIG_FILE"] ?? "";
  if (named === "/dev/null" || named.toLowerCase() === "nul") return [];
  const { path } = fs;
  const file = system.os === "windows" ? "pip.ini" : "pip.conf";
  const explicit = named === "" ? [] : [path.resolve(system.cwd, named)];
  const personal = explicit.length > 0 ? [] : personalFiles({ fs, system }, file);
  return [
    ...machineFiles({ fs, system }, file),
    ...personal,
    ...prefixes.map((at) => path.join(at, file)),
    ...explicit,
  ];
}

function machineFiles({ fs, system }: Io, file: string): AbsPath[] {
  const { path } = fs;
  const at = (text: string): AbsPath => path.resolve(system.cwd, text);
  switch (system.os) {
    case "linux": {
      const dirs = (system.env["XDG_CONFIG_DIRS"] || "/etc/xdg").split(":").filter((dir) => path.isAbsolute(dir));
      return [...dirs.map((dir) => path.join(at(dir), "pip", file)), at(`/etc/${file}`)];
    }
    case "macos":
      return [at(`/Library/Application Support/pip/${file}`)];
    case "windows":
      return [path.join(at(system.env["PROGRAMDATA"] || "C:\\ProgramData"), "pip", file)];
  }
}

function personalFiles({ fs, system }: Io, file: string): AbsPath[] {
  const { path } = fs;
  const { home, env } = system;
  const xdg = env["XDG_CONFIG_HOME"];
  const config = xdg !== undefined && path.isAbsolute(xdg) ? path.resolve(system.cwd, xdg) : path.join(home, ".config");
  switch (system.os) {
    case "linux":
      return [path.join(home, ".pip", file), path.join(config, "pip", file)];
    case "macos":
      // pip takes the second when the first's directory is missing: only one of them is ever there.
      return [
        path.join(home, ".pip", file),
        path.join(config, "pip", file),
        path.join(home, "Library", "Application Support", "pip", file),
      ];
    case "windows": {
      const roaming = env["APPDATA"];
      const base =
        roaming === undefined || roaming === ""
          ? path.join(home, "AppData", "Roaming")
          : path.resolve(system.cwd, roaming);
      return [path.join(home, "pip", file), path.join(base, "pip", file)];
    }
  }
}

/** Sections whose options mean something here; later ones are more specific. */
const sections = ["global", "install"];

/** The options of all of pip's files; the most important value of each. Throws `CONFIG_INVALID` for a broken file. */
export async function readPipOptions(io: Io, prefixes: readonly AbsPath[]): Promise<ReadonlyMap<string, PipOption>> {
  const options = new Map<string, PipOption>();
  for (const file of pipConfigFiles(io, prefixes)) {
    const parsed = await readIni(io.fs, file);
    for (const section of sections) {
      for (const [key, value] of parsed?.get(section) ?? []) {
        // pip takes `_` for `-` in its files.
        options.set(key.replaceAll("_", "-"), { value, from: `\`${printable(file)}\` [${section}]` });
      }
    }
  }
  return options;
}

async function readIni(fs: Fs, file: AbsPath): Promise<IniSections | undefined> {
  let text: string;
  try {
    text = await fs.readText(file);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return undefined;
    throw new VenvoyError("FILE_UNREADABLE", `pip's configuration \`${printable(file)}\` can't be read`, {
      hint: "Correct its owner and mode, or set `PIP_CONFIG_FILE` to another file",
      data: { file },
      cause: error,
    });
  }
  return parseIni(text, { label: file, allowDuplicates: false });
}
