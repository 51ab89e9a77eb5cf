import type { Context } from "../context.ts";

/** What was typed into Python shells, the oldest first. */
export interface ShellHistory {
  readonly lines: readonly string[];
  /** Remembers a line; a disk that can't take it is no reason to disturb anybody. */
  add(line: string): Promise<void>;
}

const mostLines = 2000;

/** One file for all environments, for its owner alone: what is typed may be secret. */
export async function shellHistory({ fs, layout }: Context): Promise<ShellHistory> {
  const file = fs.path.join(layout.data, "shell-history");
  const text = await fs.readText(file).catch(() => "");
  const all = text.split("\n").filter((line) => line !== "");
  const lines = all.slice(-mostLines);
  const keep = async (kept: readonly string[]): Promise<void> => {
    await fs.makeDir(layout.data);
    await fs.write(file, kept.map((line) => `${line}\n`).join(""), { mode: 0o600 });
  };
  if (all.length > 2 * mostLines) await keep(lines).catch(() => {});
  return {
    lines,
    add: async (line) => {
      if (line.trim() === "") return;
      try {
        if ((await fs.info(file)) === undefined) await keep([]);
        const writer = await fs.openWriter(file, { append: true });
        try {
          await writer.write(new TextEncoder().encode(`${line}\n`));
        } finally {
          await writer.close();
        }
      } catch {
        // It is only a convenience.
      }
    },
  };
}
