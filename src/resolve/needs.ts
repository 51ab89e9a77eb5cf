import type { PackageName } from "../base/index.ts";
import { normalizeName, type Requirement } from "../pep/index.ts";
import type { FileMetadata } from "../pypi/index.ts";
import type { Demands } from "./demands.ts";
import type { Reason } from "./reasons.ts";
import { onlyExtraOf, type RequirementReader } from "./requirement-reader.ts";

/** One requirement in force, and why. */
export interface Need {
  readonly requirement: Requirement;
  readonly extras: readonly string[];
  readonly why: Reason;
  /** `==1.2`, whatever else is said beside it. */
  readonly isExact: boolean;
}

/** What is needed on the target: by whoever asks, and by the metadata of wheels. Each is worked out once. */
export class Needs {
  readonly #demands: Demands;
  readonly #reader: RequirementReader;
  readonly #known = new Map<FileMetadata, Map<string | undefined, readonly Need[]>>();

  constructor(demands: Demands, reader: RequirementReader) {
    this.#demands = demands;
    this.#reader = reader;
  }

  ofRequest(): readonly Need[] {
    return this.#demands.asked.map(({ asked, extras }) => needOf(asked.requirement, extras, { kind: "asked", asked }));
  }

  /** What a wheel asks for plainly, or because of one extra; overrides applied. */
  of(metadata: FileMetadata, extra: string | undefined): readonly Need[] {
    let known = this.#known.get(metadata);
    if (known === undefined) {
      known = new Map();
      this.#known.set(metadata, known);
    }
    let needs = known.get(extra);
    if (needs === undefined) {
      needs = this.#read(metadata, extra);
      known.set(extra, needs);
    }
    return needs;
  }

  namesOf(metadata: FileMetadata, extra: string | undefined): PackageName[] {
    return this.of(metadata, extra).map(({ requirement }) => requirement.name);
  }

  /** The first line that can't be understood, of those that count: plain ones, or those of one extra. */
  brokenLine(metadata: FileMetadata, extra: string | undefined): string | undefined {
    return metadata.requiresDist.find((line) => this.#mayCount(line, extra) && this.#reader.read(line) === undefined);
  }

  #mayCount(line: string, extra: string | undefined): boolean {
    const only = onlyExtraOf(line);
    return only === undefined || (extra !== undefined && normalizeName(only) === extra);
  }

  #read(metadata: FileMetadata, extra: string | undefined): Need[] {
    const needs: Need[] = [];
    for (const text of metadata.requiresDist) {
      if (!this.#mayCount(text, extra)) continue;
      const line = this.#reader.read(text);
      if (line === undefined) continue;
      if (extra === undefined ? !line.isPlain : !this.#reader.holdsFor(line, extra)) continue;
      const { requirement } = line;
      const overrides = this.#demands.overrides.get(requirement.name);
      if (overrides === undefined) {
        needs.push(needOf(requirement, requirement.extras, { kind: "needs", requirement }));
        continue;
      }
      for (const override of overrides) {
        if (!this.#reader.applies(override.requirement)) continue;
        const extras = [...override.requirement.extras, ...requirement.extras];
        const why = { kind: "needs", requirement: override.requirement, override } as const;
        needs.push(needOf(override.requirement, extras, why));
      }
    }
    return needs;
  }
}

function needOf(requirement: Requirement, extras: readonly string[], why: Reason): Need {
  const isExact = requirement.specifier.specifiers.some(
    ({ operator, isWildcard }) => (operator === "==" && !isWildcard) || operator === "===",
  );
  return { requirement, extras, why, isExact };
}
