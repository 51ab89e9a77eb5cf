import type { AbsPath } from "../../base/index.ts";
import type { Ports } from "../../ports/index.ts";
import { look } from "./look.ts";

/**
 * Conda's own list of every environment that it made for this person, `~/.conda/environments.txt`: one path per line.
 * Environments that were removed by hand stay in it.
 */
export async function condaPrefixes({ fs, system }: Pick<Ports, "fs" | "system">): Promise<readonly AbsPath[]> {
  const text = (await look(fs).text(fs.path.join(system.home, ".conda", "environments.txt"))) ?? "";
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.filter((line) => fs.path.isAbsolute(line)).map((line) => fs.path.resolve(system.home, line));
}
