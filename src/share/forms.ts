import { VenvoyError } from "../base/index.ts";
import { directoryForm } from "./directory/form.ts";
import type { PublicationForm } from "./form.ts";
import type { FormName } from "./records.ts";
import { vcsForm } from "./vcs/form.ts";

const forms: Readonly<Partial<Record<FormName, PublicationForm>>> = { share: directoryForm, vcs: vcsForm };

/** The form of that name. Throws `PUBLICATION_INVALID` for one that this venvoy can't write or read yet. */
export function formOf(name: FormName): PublicationForm {
  const form = forms[name];
  if (form !== undefined) return form;
  throw new VenvoyError("PUBLICATION_INVALID", `This venvoy doesn't know publications of the form \`${name}\``, {
    hint: "update venvoy",
    data: { form: name },
  });
}
