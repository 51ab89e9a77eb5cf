import { type AbsPath, absPath, VenvoyError } from "../base/index.ts";
import type { Ports } from "../ports/index.ts";

/**
 * How bytecode knows that it fits its source (PEP 552). `checked`: by the source's time and size, which links and copies on
 * one machine keep. `unchecked`: it is believed, for trees that are copied by anything and may be read-only.
 */
export type BytecodeForm = "checked" | "unchecked";

/** One file to compile. */
export interface SourceToCompile {
  readonly source: AbsPath;
  /** Where its bytecode goes; left out, where Python itself would look for it. */
  readonly target?: AbsPath;
  /** The path that tracebacks show until import puts in the true one; left out, the source's. */
  readonly shownAs?: string;
}

/*
 * Reads `TARGET\0NAME\0SOURCE` for every file on standard input and prints the targets that have bytecode then. py_compile
 * itself writes a temporary file and renames it, so a reader never meets a half. What Python itself has written through a
 * folded tree, or a killed run before, is taken over where bytecode is checked against its source.
 */
const program = `
import sys
sys.path[:] = [path for path in sys.path if path]
import importlib.util, os, py_compile, struct
if sys.argv[2] == "gently":
    try:
        os.nice(19)
    except (AttributeError, OSError):
        pass
mode = py_compile.PycInvalidationMode[sys.argv[1]]
def is_there(source, target):
    if mode is not py_compile.PycInvalidationMode.TIMESTAMP:
        return False
    try:
        found = os.stat(source)
        with open(target, "rb") as file:
            head = file.read(16)
        wanted = struct.pack("<III", 0, int(found.st_mtime) & 0xFFFFFFFF, found.st_size & 0xFFFFFFFF)
        return head == importlib.util.MAGIC_NUMBER + wanted
    except OSError:
        return False
words = [os.fsdecode(word) for word in sys.stdin.buffer.read().split(b"\\0")]
for target, name, source in zip(words[0::3], words[1::3], words[2::3]):
    target = target or importlib.util.cache_from_source(source)
    if not is_there(source, target):
        try:
            if not py_compile.compile(source, target, name or None, doraise=True, quiet=2, invalidation_mode=mode):
                continue
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            continue
    sys.stdout.buffer.write(os.fsencode(target) + b"\\0")
`;

/**
 * Compiles files in one process and says which have bytecode then. What is no Python of that version (a template, an old
 * syntax) is left out, as Python does. The same files in the same order make the same bytes: which constants a file of
 * bytecode shares depends on what its process compiled before.
 */
export async function compileSources(
  { proc, system }: Pick<Ports, "proc" | "system">,
  executable: AbsPath,
  files: readonly SourceToCompile[],
  {
    form,
    gently = false,
    signal,
  }: { readonly form: BytecodeForm; readonly gently?: boolean; readonly signal?: AbortSignal | undefined },
): Promise<readonly AbsPath[]> {
  const env = Object.fromEntries(Object.entries(system.env).filter(([name]) => !name.startsWith("PYTHON")));
  const mode = form === "checked" ? "TIMESTAMP" : "UNCHECKED_HASH";
  const { stdout, exit } = await proc.run({
    argv: [executable, "-s", "-S", "-B", "-c", program, mode, gently ? "gently" : "now"],
    // The order in a set of constants follows the hashes of strings.
    env: { ...env, PYTHONHASHSEED: "0" },
    input: files.map(({ source, target = "", shownAs = "" }) => `${target}\0${shownAs}\0${source}\0`).join(""),
    maxOutputBytes: 64 << 20,
    ...(signal && { signal }),
  });
  // Others would take what is missing for what can't be compiled, for ever.
  if (exit !== 0 && form === "unchecked") {
    throw new VenvoyError("PYTHON_BROKEN", `The Python \`${executable}\` stopped while it compiled`, {
      hint: "venvoy python list shows others",
      data: { executable },
    });
  }
  const made = new TextDecoder().decode(stdout).split("\0");
  return made.filter((path) => path !== "").map(absPath);
}
