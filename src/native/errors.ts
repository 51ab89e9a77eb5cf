import { printable, type Sha256, VenvoyError } from "../base/index.ts";
import { type HostFault, hostFaultClause } from "./fault.ts";

export function hostInvalid(text: string): VenvoyError {
  return new VenvoyError("ARGUMENT_INVALID", `\`${printable(text, { newlines: false })}\` doesn't describe a machine`, {
    hint: "write what it has: `--for-host glibc=2.17`, `--for-host musl=1.2`, `--for-host glibc=2.17,glibcxx=3.4.19`, `--for-host cpu=x86-64-v2`",
  });
}

/** A wheel that can't run on the machine it is for: of a lock that somebody gave, or the newest of several that were tried. */
export function wheelUnfitForHost(
  { name, version, sha256 }: { readonly name: string; readonly version: string; readonly sha256: Sha256 },
  fault: HostFault,
  { tried = [version] }: { readonly tried?: readonly string[] } = {},
): VenvoyError {
  const { needs, has, file } = fault;
  const oldest = tried.at(-1) ?? version;
  const clause = hostFaultClause(`\`${name}\` ${version}`, false, fault);
  const before = `the ${tried.length - 1} versions before it, down to ${oldest}, are no better`;
  return new VenvoyError("WHEEL_UNFIT", tried.length === 1 ? clause : `${clause}; ${before}`, {
    hint:
      tried.length === 1
        ? "name what the machine has where that is known better: `--for-host glibc=VERSION`"
        : `the same again tries the next ones; \`${name}<VERSION\` goes further back at once`,
    data: { name, version, sha256, needs, has, file, tried },
  });
}
