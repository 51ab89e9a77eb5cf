import { type AbsPath, byCodePoint } from "../../base/index.ts";
import type { System } from "../../ports/index.ts";
import type { Context } from "../context.ts";

/** What Jupyter reads of a kernel (`jupyter_client`, "Kernel specs"), as far as venvoy writes it. */
export interface KernelSpec {
  readonly argv: readonly string[];
  readonly display_name: string;
  readonly language: "python";
  readonly env?: Readonly<Record<string, string>>;
  readonly metadata: {
    readonly debugger: true;
    readonly venvoy: { readonly environment: string; readonly name: string };
  };
}

/** A kernel of an environment, where Jupyter finds it. */
export interface PlacedKernel {
  /** What notebooks call it: the name of its directory. */
  readonly kernel: string;
  readonly dir: AbsPath;
  readonly file: AbsPath;
  readonly spec: KernelSpec;
}

export const kernelFile = "kernel.json";

/**
 * The person's directory of kernels: `JUPYTER_DATA_DIR`, else what `jupyter --paths` calls the user's data on this
 * platform, which `JUPYTER_PLATFORM_DIRS` moves on macOS and Windows.
 */
export function kernelsDir({ fs, system }: Pick<Context, "fs" | "system">): AbsPath {
  return fs.path.join(dataDir(fs.path, system), "kernels");
}

function dataDir(path: Context["fs"]["path"], system: Pick<System, "os" | "env" | "home" | "cwd">): AbsPath {
  const { env, home } = system;
  const set = (name: string): string | undefined => (env[name] === "" ? undefined : env[name]);
  const told = set("JUPYTER_DATA_DIR");
  if (told !== undefined) return path.resolve(system.cwd, told);
  const isPlatform = ["1", "true", "on", "yes"].includes((env["JUPYTER_PLATFORM_DIRS"] ?? "").toLowerCase());
  switch (system.os) {
    case "macos":
      return path.join(home, "Library", ...(isPlatform ? ["Application Support", "Jupyter"] : ["Jupyter"]));
    case "windows": {
      if (isPlatform) return path.join(path.resolve(home, set("LOCALAPPDATA") ?? "AppData/Local"), "Jupyter");
      return path.join(path.resolve(home, set("APPDATA") ?? "AppData/Roaming"), "jupyter");
    }
    case "linux":
      return path.join(path.resolve(home, set("XDG_DATA_HOME") ?? ".local/share"), "jupyter");
  }
}

/** Kernels that venvoy wrote, by name; others are left alone. */
export async function listPlaced(context: Pick<Context, "fs" | "system">): Promise<readonly PlacedKernel[]> {
  const { fs } = context;
  const parent = kernelsDir(context);
  const placed: PlacedKernel[] = [];
  for (const { name } of (await fs.list(parent)) ?? []) {
    const dir = fs.path.join(parent, name);
    const file = fs.path.join(dir, kernelFile);
    if ((await fs.info(file))?.kind !== "file") continue;
    const spec = parseSpec(await fs.readText(file));
    if (spec !== undefined) placed.push({ kernel: name, dir, file, spec });
  }
  return placed.sort((a, b) => byCodePoint(a.kernel, b.kernel));
}

/** A name that Jupyter takes (letters, digits, `.`, `_`, `-`), free or this environment's own. */
export function kernelName(name: string, id: string, taken: ReadonlySet<string>): string {
  const plain = `venvoy-${name.toLowerCase().replaceAll(/[^a-z0-9._-]+/g, "-")}`.replace(/-+$/, "");
  return taken.has(plain) || plain === "venvoy" ? `${plain}-${id}` : plain;
}

export function formatSpec(spec: KernelSpec): string {
  return `${JSON.stringify(spec, undefined, 1)}\n`;
}

function parseSpec(text: string): KernelSpec | undefined {
  try {
    const spec = JSON.parse(text) as Partial<KernelSpec> | null;
    return typeof spec?.metadata?.venvoy?.environment === "string" ? (spec as KernelSpec) : undefined;
  } catch {
    // Somebody else's, and broken: Jupyter says so itself.
    return undefined;
  }
}
