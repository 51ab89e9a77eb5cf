import { formsOf, type WrittenAs } from "./path-forms.ts";

/** A path that is looked for, in every way in which it may be written. */
export interface Needle {
  readonly path: string;
  readonly forms: readonly { readonly form: WrittenAs; readonly bytes: Uint8Array }[];
}

/** A tree's place before, and the new one. */
export interface Move {
  readonly from: Needle;
  readonly to: string;
}

export function needleOf(path: string): Needle {
  return { path, forms: formsOf(path).map(({ form, text }) => ({ form, bytes: Buffer.from(text, "utf8") })) };
}
