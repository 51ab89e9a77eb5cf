import { nearest, printable, VenvoyError } from "../base/index.ts";
import { backends } from "./table.ts";

export function backendUnknown(text: string): VenvoyError {
  const names = backends.map(({ name }) => name);
  const near = nearest(text, names, { limit: 1 })[0];
  const shown = printable(text.slice(0, 60), { newlines: false });
  return new VenvoyError("ARGUMENT_INVALID", `\`${shown}\` is no backend`, {
    hint: `${near === undefined ? "" : `did you mean \`${near}\`? `}There are auto, none, ${names.join(", ")}`,
    data: { backend: text, known: names },
  });
}
