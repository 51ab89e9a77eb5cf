import type { AbsPath } from "../../src/base/index.ts";
import type { Fs } from "../../src/ports/index.ts";

const changes = new Set([
  "makeDir",
  "makeStage",
  "write",
  "writeAtomic",
  "symlink",
  "replaceLink",
  "hardLink",
  "copyFile",
  "rename",
  "remove",
  "setMode",
  "setTimes",
  "linkTrees",
  "copyFiles",
]);

/**
 * A disk whose process dies after some changes: that change and all after it throw, also those that would clean up. A
 * directory is removed entry by entry, as every system does, so that a death can fall between any two of them.
 */
export function cutAfter(fs: Fs, steps: number): { readonly fs: Fs; readonly isCut: () => boolean } {
  let left = steps;
  let isCut = false;
  const step = (): void => {
    if (left-- > 0) return;
    isCut = true;
    throw new Error("the process is dead");
  };
  const remove = async (path: AbsPath): Promise<void> => {
    const info = await fs.linkInfo(path);
    if (info === undefined) return;
    if (info.kind === "directory")
      for (const { name } of (await fs.list(path)) ?? []) await remove(fs.path.join(path, name));
    step();
    await fs.remove(path);
  };
  const dying = new Proxy(fs, {
    get: (target, name) => {
      if (name === "remove") return remove;
      const member = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        if (changes.has(String(name))) step();
        return member.apply(target, args);
      };
    },
  });
  return { fs: dying, isCut: () => isCut };
}
