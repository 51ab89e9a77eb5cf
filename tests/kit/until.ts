/** Waits until something is so; fails when it isn't in time. */
export async function until(isSo: () => boolean, limitMs = 240_000): Promise<void> {
  for (const end = Date.now() + limitMs; !isSo(); ) {
    if (Date.now() > end) throw new Error(`It did not come to be: ${isSo}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}
