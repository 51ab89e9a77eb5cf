import { quoteCsh } from "./csh/quote.ts";
import { quoteFish } from "./fish/quote.ts";
import { quoteNu } from "./nu/quote.ts";
import { quotePosix } from "./posix/quote.ts";
import { quotePowershell } from "./powershell/quote.ts";
import type { ShellName } from "./shell-name.ts";

const quotes: Readonly<Record<ShellName, (text: string) => string>> = {
  bash: quotePosix,
  zsh: quotePosix,
  ksh: quotePosix,
  sh: quotePosix,
  fish: quoteFish,
  csh: quoteCsh,
  powershell: quotePowershell,
  nu: quoteNu,
  // Paths hold no quotes there.
  cmd: (text) => `"${text}"`,
};

/** How a shell reads any text as one word. */
export function quoteFor(shell: ShellName): (text: string) => string {
  return quotes[shell];
}
