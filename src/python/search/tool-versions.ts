import type { AbsPath } from "../../base/index.ts";
import type { Ports } from "../../ports/index.ts";
import { look } from "./look.ts";
import { pathVariable, variable } from "./variables.ts";

type Io = Pick<Ports, "fs" | "system">;

interface ShimTool {
  readonly source: "asdf" | "mise";
  readonly dataVariable: string;
  readonly dataDirectory: (home: AbsPath, env: Ports["system"]["env"]) => string;
  readonly versionVariable: string;
}

const tools: readonly ShimTool[] = [
  {
    source: "asdf",
    dataVariable: "ASDF_DATA_DIR",
    dataDirectory: (home) => `${home}/.asdf`,
    versionVariable: "ASDF_PYTHON_VERSION",
  },
  {
    source: "mise",
    dataVariable: "MISE_DATA_DIR",
    dataDirectory: (home, env) => `${env["XDG_DATA_HOME"] ?? `${home}/.local/share`}/mise`,
    versionVariable: "MISE_PYTHON_VERSION",
  },
];

export interface ShimRoot {
  readonly source: "asdf" | "mise";
  /** Each directory in it is one Python installation. */
  readonly installs: AbsPath;
  readonly shims: AbsPath;
  readonly versionVariable: string;
}

/** asdf and mise keep installations in one form and start them through shims that are slow or need a shell. */
export function shimRoots({ fs, system }: Io): readonly ShimRoot[] {
  return tools.map((tool) => {
    const data =
      pathVariable({ fs, system }, tool.dataVariable) ??
      fs.path.resolve(system.home, tool.dataDirectory(system.home, system.env));
    return {
      source: tool.source,
      installs: fs.path.join(data, "installs", "python"),
      shims: fs.path.join(data, "shims"),
      versionVariable: tool.versionVariable,
    };
  });
}

/** What the shim of that tool would start here, read from `.tool-versions` files without running anything. */
export async function throughShim(io: Io, root: ShimRoot, command: string): Promise<AbsPath | undefined> {
  const told = variable(io.system, root.versionVariable);
  const versions = told === undefined ? await toolVersions(io) : told.split(/\s+/);
  for (const version of versions) {
    if (!/^[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(version)) continue;
    const path = io.fs.path.join(root.installs, version, "bin", command);
    if ((await look(io.fs).info(path))?.kind === "file") return path;
  }
  return undefined;
}

/** The `python` line of the nearest `.tool-versions` above the current directory, else of the one in the home. */
async function toolVersions({ fs, system }: Io): Promise<readonly string[]> {
  for (let directory = system.cwd; ; ) {
    const versions = await pythonLine(fs, fs.path.join(directory, ".tool-versions"));
    if (versions !== undefined) return versions;
    const parent = fs.path.directory(directory);
    if (parent === directory) break;
    directory = parent;
  }
  return (await pythonLine(fs, fs.path.join(system.home, ".tool-versions"))) ?? [];
}

async function pythonLine(fs: Io["fs"], path: AbsPath): Promise<readonly string[] | undefined> {
  const text = (await look(fs).text(path)) ?? "";
  for (const line of text.split(/\r?\n/)) {
    const [tool, ...versions] = line.replace(/#.*$/, "").trim().split(/\s+/);
    if (tool === "python") return versions;
  }
  return undefined;
}
