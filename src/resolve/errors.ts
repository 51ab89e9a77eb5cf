import { type PackageName, printable, type SafeUrl, VenvoyError } from "../base/index.ts";

export function notAnAddress(name: PackageName, cause: unknown): VenvoyError {
  return new VenvoyError("REQUIREMENT_INVALID", `The address given for \`${name}\` is not an absolute URL`, {
    hint: `write \`${name} @ file:///…\` or \`${name} @ https://…\``,
    data: { name },
    cause,
  });
}

export function notAWheel(name: PackageName, url: SafeUrl): VenvoyError {
  return new VenvoyError(
    "PACKAGE_BLOCKED",
    `\`${name}\` was asked for as \`${printable(url.toString())}\`, which is not a wheel; building from source is not possible here`,
    { hint: `name a wheel (\`.whl\`) of \`${name}\`, or a version of it`, data: { name, url } },
  );
}

export function wheelOfAnother(name: PackageName, other: PackageName, url: SafeUrl): VenvoyError {
  return new VenvoyError("REQUIREMENT_INVALID", `The address given for \`${name}\` is a wheel of \`${other}\``, {
    hint: `write \`${other} @ …\``,
    data: { name, other, url },
  });
}

export function twoAddresses(name: PackageName, origins: readonly string[]): VenvoyError {
  return new VenvoyError(
    "RESOLUTION_IMPOSSIBLE",
    `\`${name}\` is asked for from two addresses: ${origins.map((origin) => printable(origin)).join(", and ")}`,
    { hint: `keep one address of \`${name}\``, data: { name, origins } },
  );
}

/** Two targets of one lock need different things, and PEP 508 has no variable in which they differ. */
export function notToldApart(name: PackageName, targets: readonly [string, string]): VenvoyError {
  return new VenvoyError(
    "RESOLUTION_IMPOSSIBLE",
    `\`${name}\` differs between ${targets[0]} and ${targets[1]}, which no marker of a lock file tells apart`,
    { hint: `limit \`${name}\` to a version that serves both, or lock them in two files`, data: { name, targets } },
  );
}
