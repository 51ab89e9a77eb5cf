import { printable, VenvoyError } from "../../base/index.ts";

/** No index has anything of that name for the Python. */
export function unknownPackage(name: string): VenvoyError {
  const shown = printable(name, { newlines: false });
  return new VenvoyError("PACKAGE_UNKNOWN", `No matching distribution found for \`${shown}\``, {
    hint: "--pre also looks at pre-releases; -i asks another index",
    data: { name },
  });
}
