import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Begins with the files of these endings, in this order, so that a run ends with small ones, on all cores. */
export function longestFirst(endings: readonly string[]): typeof BaseSequencer {
  return class extends BaseSequencer {
    override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
      const rank = ({ moduleId }: TestSpecification): number => {
        const found = endings.findIndex((ending) => moduleId.endsWith(`/${ending}.test.ts`));
        return found === -1 ? endings.length : found;
      };
      const others = new Map((await super.sort(files)).map((file, index) => [file, index]));
      return [...files].sort((a, b) => rank(a) - rank(b) || (others.get(a) ?? 0) - (others.get(b) ?? 0));
    }
  };
}
