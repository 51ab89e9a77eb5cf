import { byCodePoint } from "../base/index.ts";
import type { Context } from "./context.ts";
import type { VerifyReport } from "./outcomes.ts";
import { verifyObjects } from "./restore-objects.ts";
import { type Restored, restoreStored } from "./restore-store.ts";

/**
 * Compares every stored file with the digest that it was unpacked with, and sets right what differs: an edit that came
 * through a hard link stays with one environment, everybody else gets the original.
 */
export async function verifyStore(context: Context, signal?: AbortSignal): Promise<VerifyReport> {
  const checked = (await context.store.list()).length;
  const damages = await context.store.verify(signal === undefined ? {} : { signal });
  const damaged: VerifyReport["damaged"][number][] = [];
  for (const { artifact, files } of damages) {
    if (files.length === 0) continue;
    const missing = new Set<string>();
    const infos = await context.fs.linkInfos(
      files.map((file) => context.fs.path.join(artifact.root, ...file.split("/"))),
    );
    for (const [index, file] of files.entries()) if (infos[index] === undefined) missing.add(file);
    const result = await restoreStored(context, artifact, files, signal === undefined ? {} : { signal });
    for (const file of files) {
      const problem = missing.has(file) ? ("missing" as const) : ("changed" as const);
      damaged.push({ artifact: artifact.filename, file, problem, ...outcomeOf(result, file) });
    }
  }
  const extra = damages.flatMap(({ artifact, extra: files }) =>
    files.map((file) => ({ artifact: artifact.filename, file })),
  );
  // A Python is made again from the installation when it is needed.
  for (const { label, files } of await context.store.prepared.verify()) {
    for (const file of files) damaged.push({ artifact: label, file, problem: "changed", restored: true });
  }
  damaged.push(...(await verifyObjects(context)));
  return { checked, files: (await context.objects.list()).length, damaged, extra };
}

function outcomeOf(
  { files, keptIn, aside, relinked, why }: Restored,
  file: string,
): Omit<VerifyReport["damaged"][number], "artifact" | "file" | "problem"> {
  if (!files.includes(file)) return { restored: false, ...(why === undefined ? {} : { why }) };
  return {
    restored: true,
    ...(keptIn === undefined ? {} : { keptIn: keptIn.label }),
    ...(aside === undefined ? {} : { keptAs: aside }),
    ...(relinked.length === 0 ? {} : { relinked: relinked.map((one) => one.label).sort(byCodePoint) }),
  };
}
