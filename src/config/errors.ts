import { printable, VenvoyError } from "../base/index.ts";

/** A value that can't be what its setting needs. `from` says where it was written. */
export const valueInvalid = (
  key: string,
  { text, from, wanted }: { readonly text: string; readonly from: string; readonly wanted: string },
): VenvoyError =>
  new VenvoyError("CONFIG_INVALID", `\`${key}\` is \`${shown(text)}\` in ${from}, which is not ${wanted}`, {
    hint: `Correct it in ${from}, or take it out`,
    data: { key, from },
  });

export const keyUnknown = (file: string, key: string, near: readonly string[]): VenvoyError =>
  new VenvoyError("CONFIG_INVALID", `\`${printable(file)}\` sets \`${shown(key)}\`, which is not a setting`, {
    hint: near.length === 0 ? `Take it out of \`${printable(file)}\`` : `Did you mean \`${near.join("`, `")}\``,
    data: { file, key, near },
  });

/** Values may be addresses with passwords in them: what stands between `//` and `@` is never shown. */
function shown(text: string): string {
  return printable(text.slice(0, 200).replace(/\/\/[^/@\s]*@/g, "//****@"), { newlines: false });
}
