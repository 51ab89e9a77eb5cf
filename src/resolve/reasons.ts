import type { PackageName } from "../base/index.ts";
import type { Requirement } from "../pep/index.ts";
import type { AskedRequirement } from "./request.ts";
import type { Unusable } from "./wheel-choice.ts";

/** What the provider notes on every edge that it gives to the solver; the raw material of explanations. */
export type Reason =
  /** Asked by a person. */
  | { readonly kind: "asked"; readonly asked: AskedRequirement }
  /** A line of a package's metadata; `override` when a person replaced it. */
  | { readonly kind: "needs"; readonly requirement: Requirement; readonly override?: AskedRequirement }
  | { readonly kind: "constraint"; readonly asked: AskedRequirement }
  | { readonly kind: "unusable"; readonly unusable: Unusable }
  | { readonly kind: "prerelease" }
  /** The wheel's own metadata says another range than its index page, or the page said none. */
  | { readonly kind: "metadata-python"; readonly requiresPython: string }
  | { readonly kind: "broken"; readonly detail: string }
  | { readonly kind: "offline" }
  /** A dependency by address, which only what a person asks for may have. */
  | { readonly kind: "address"; readonly name: PackageName; readonly requirement: Requirement };
