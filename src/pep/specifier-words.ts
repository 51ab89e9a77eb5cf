import type { Version } from "./version.ts";
import type { OrderedOperator } from "./version-range.ts";

interface Clause {
  readonly operator: OrderedOperator | "===";
  readonly versionText: string;
  readonly version: Version | undefined;
  readonly isWildcard: boolean;
}

/** Lower bounds first, then upper bounds, then exclusions: the order in which people say a range. */
const order = ["===", "==", "~=", ">=", ">", "<=", "<", "!="];

/** A list of clauses in plain words: `>=1.2,<2` is "1.2 or newer, below 2". */
export function describeSpecifiers(specifiers: readonly Clause[]): string {
  if (specifiers.length === 0) return "any version";
  return [...specifiers]
    .sort((a, b) => order.indexOf(a.operator) - order.indexOf(b.operator))
    .map(words)
    .join(", ");
}

function words(specifier: Clause): string {
  const text = specifier.version?.text ?? specifier.versionText;
  const shown = specifier.isWildcard ? `${text}.x` : text;
  switch (specifier.operator) {
    case "===":
      return `exactly \`${specifier.versionText}\``;
    case "==":
      return specifier.isWildcard ? shown : `exactly ${shown}`;
    case "!=":
      return `not ${shown}`;
    case ">=":
      return `${shown} or newer`;
    case "<=":
      return `${shown} or older`;
    case ">":
      return `newer than ${shown}`;
    case "<":
      return `below ${shown}`;
    case "~=":
      return `${shown} or newer within ${compatiblePrefix(specifier)}.x`;
  }
}

/** `~=1.4.2` stays within 1.4. */
function compatiblePrefix(specifier: Clause): string {
  const base = specifier.version?.base ?? "";
  return base.slice(0, base.lastIndexOf("."));
}
