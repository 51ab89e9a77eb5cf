/** Waits until something is so; fails when it isn't within ten seconds. */
export async function until(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !isSo(); ) {
    if (Date.now() > end) throw new Error(`It did not come to be: ${isSo}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}
