import { ensureScriptEnvironment, type Receipt } from "../../env/index.ts";
import { openBase } from "../../python/index.ts";
import type { SpareStart } from "../../session/index.ts";
import type { Context } from "../context.ts";
import { extraFiles } from "../extra-files.ts";
import { askOptions, baseFor } from "../solve.ts";

/** Never a spare's: they lead to packages or programs that it must not have taken in. */
const notInherited = [
  "VIRTUAL_ENV",
  "CONDA_PREFIX",
  "PYTHONPATH",
  "PYTHONHOME",
  "PYTHONSTARTUP",
  "PYTHONINSPECT",
  "PYTHONEXECUTABLE",
  "__PYVENV_LAUNCHER__",
];

/** Trees with the same one can be served by the same process. */
export function interpreterKey({ base }: Receipt): string {
  return `${base.key} ${base.version}`;
}

/** Processes that wait start in an environment without packages, one per Python. */
export class Spares {
  readonly #context: Context;
  readonly #known = new Map<string, Promise<SpareStart | undefined>>();

  constructor(context: Context) {
    this.#context = context;
  }

  async of(receipt: Receipt): Promise<SpareStart | undefined> {
    const key = interpreterKey(receipt);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = this.#start(receipt.base.key);
    this.#known.set(key, made);
    made.catch(() => this.#known.delete(key));
    return made;
  }

  /** For the Python that is taken when nothing asks for one: the default's, or that of a host program. */
  async first(
    python: string | undefined,
  ): Promise<{ readonly interpreter: string; readonly spare: SpareStart | undefined } | undefined> {
    const base = await baseFor(this.#context, python);
    const { receipt } = await this.#blank(base);
    return { interpreter: interpreterKey(receipt), spare: await this.of(receipt) };
  }

  async #start(baseKey: string): Promise<SpareStart | undefined> {
    const { fs, layout, system } = this.#context;
    const base = await openBase(this.#context, layout, baseKey, askOptions(this.#context));
    const { root, receipt } = await this.#blank(base);
    const program = system.os === "windows" ? "python.exe" : "python";
    const env = Object.fromEntries(Object.entries(system.env).filter(([name]) => !notInherited.includes(name)));
    return { python: fs.path.join(root, ...receipt.bin.split("/"), program), env };
  }

  #blank(base: Awaited<ReturnType<typeof baseFor>>) {
    return ensureScriptEnvironment(this.#context, this.#context.env, {
      lock: { packages: [] },
      artifacts: [],
      base,
      extraFiles: extraFiles(this.#context, "script"),
    });
  }
}
