import { printable, VenvoyError } from "../base/index.ts";

/** An archive that holds no Python where one is expected. `problem` completes the sentence "`demo.tar.gz` …". */
export function releaseInvalid(label: string, problem: string): VenvoyError {
  return new VenvoyError("RELEASE_INVALID", `\`${printable(label, { newlines: false })}\` ${printable(problem)}`, {
    hint: "take a release of python-build-standalone, or python.org's embeddable or NuGet package",
    data: { file: label, problem },
  });
}
