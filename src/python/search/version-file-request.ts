import type { Ports } from "../../ports/index.ts";
import { type PythonRequest, parsePythonRequest } from "../request.ts";
import { pyenvVersion } from "./pyenv.ts";
import type { VersionFile } from "./version-file.ts";

/**
 * What the first line of a `.python-version` asks for. pyenv's own names count first: `system`, and whatever is
 * installed under its root (`miniconda3-latest`, the name of a virtual environment). Throws `PYTHON_REQUEST_INVALID`.
 */
export async function versionFileRequest(io: Pick<Ports, "fs" | "system">, file: VersionFile): Promise<PythonRequest> {
  const [text = "any"] = file.versions;
  if (text === "system") return { kind: "any", text };
  // A plain version is not tied to pyenv: another tool may have it.
  if (!/^\d+(\.\d+)*$/.test(text)) {
    const directory = await pyenvVersion(io, text);
    if (directory !== undefined) return { kind: "path", text, path: directory };
  }
  return parsePythonRequest(text);
}
