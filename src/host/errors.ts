import { printable, type Sha256, VenvoyError } from "../base/index.ts";
import { type HostFault, hostFaultClause } from "./fault.ts";

export function hostInvalid(text: string): VenvoyError {
  return new VenvoyError("ARGUMENT_INVALID", `\`${printable(text, { newlines: false })}\` doesn't describe a machine`, {
    hint: "write what it has: `--for-host glibc=2.17`, `--for-host musl=1.2`, `--for-host glibc=2.17,glibcxx=3.4.19`",
  });
}

/** A wheel that a lock names, and that can't run on the machine it is for. */
export function wheelUnfitForHost(
  { name, version, sha256 }: { readonly name: string; readonly version: string; readonly sha256: Sha256 },
  fault: HostFault,
): VenvoyError {
  const { needs, has, file } = fault;
  return new VenvoyError("WHEEL_UNFIT", hostFaultClause(`\`${name}\` ${version}`, false, fault), {
    hint: "name what the machine has where that is known better: `--for-host glibc=VERSION`",
    data: { name, version, sha256, needs, has, file },
  });
}
