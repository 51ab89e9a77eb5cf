import { VenvoyError } from "../base/index.ts";

/** The wheel is sound but not for this Python or machine. */
export function wheelUnfit(filename: string, reason: string, data: Readonly<Record<string, unknown>>): VenvoyError {
  return new VenvoyError("WHEEL_UNFIT", `\`${filename}\` can't be used here: ${reason}`, {
    hint: "Choose another version of the package, or another Python with `--python`",
    data: { filename, ...data },
  });
}
