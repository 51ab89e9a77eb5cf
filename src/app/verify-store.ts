import type { Context } from "./context.ts";
import type { VerifyReport } from "./outcomes.ts";

/** Compares every stored file with the digest that it was unpacked with. */
export async function verifyStore(context: Context, signal?: AbortSignal): Promise<VerifyReport> {
  const checked = (await context.store.list()).length;
  const damages = await context.store.verify(signal === undefined ? {} : { signal });
  const damaged = [];
  for (const { artifact, files } of damages) {
    for (const file of files) {
      const isThere =
        (await context.fs.linkInfo(context.fs.path.join(artifact.root, ...file.split("/")))) !== undefined;
      damaged.push({
        artifact: artifact.filename,
        file,
        problem: isThere ? ("changed" as const) : ("missing" as const),
      });
    }
  }
  return { checked, damaged };
}
