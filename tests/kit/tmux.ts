import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/** A shell on a real terminal. Disposing it ends the shell. */
export interface TerminalWindow {
  /** Types text and keys by tmux's names (`Tab`, `Enter`, `C-c`). */
  type(...keys: readonly string[]): void;
  /** What is on the screen, without blank lines. */
  screen(): string;
  /** Waits until the screen shows it, and answers the screen. */
  until(what: RegExp, seconds?: number): Promise<string>;
  [Symbol.dispose](): void;
}

/** Ends the screen when a shell with the prompt of its maker waits. What is typed while a program ends may get lost. */
export const anyPrompt = /[$#%>]$/;

let windows = 0;

/** Opens a window of 110 columns; needs tmux. `env` is all that the shell's surroundings hold. */
export function openTerminal(
  argv: readonly string[],
  { env, cwd }: { readonly env: Readonly<Record<string, string>>; readonly cwd: string },
): TerminalWindow {
  const socket = `venvoy-test-${process.pid}-${++windows}`;
  const tmux = (...words: readonly string[]): string =>
    spawnSync("tmux", ["-L", socket, "-f", "/dev/null", ...words], { encoding: "utf8", env, cwd }).stdout ?? "";
  tmux("new-session", "-d", "-x", "110", "-y", "40", "-c", cwd, "--", ...argv);
  const screen = (): string =>
    tmux("capture-pane", "-p")
      .split("\n")
      .map((line) => line.trimEnd())
      .filter((line) => line !== "")
      .join("\n");
  return {
    type: (...keys) => {
      tmux("send-keys", ...keys);
    },
    screen,
    until: async (what, seconds = 240) => {
      for (let left = seconds * 10; left > 0; left--) {
        const shown = screen();
        if (what.test(shown)) return shown;
        await sleep(100);
      }
      throw new Error(`the terminal never showed ${what}:\n${screen()}`);
    },
    [Symbol.dispose]: () => {
      tmux("kill-server");
    },
  };
}
