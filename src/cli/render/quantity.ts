const units = ["B", "kB", "MB", "GB", "TB"] as const;

/** Bytes with decimal units and at most two digits that matter: `0 MB`, `24 MB`, `1.4 GB`. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** `0.1 s`, `3.1 s`, `2 min 5 s`. */
export function duration(elapsedMs: number): string {
  if (elapsedMs < 50) return `${Math.round(elapsedMs)} ms`;
  const seconds = elapsedMs / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `1 package`, `11 packages`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`;
}

/** How long ago: `just now`, `5 minutes ago`, `3 days ago`. */
export function ago(thenMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - thenMs) / 1000));
  if (seconds < 60) return "just now";
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${count(minutes, "minute")} ago`;
  const hours = Math.round(minutes / 60);
  if (hours < 48) return `${count(hours, "hour")} ago`;
  const days = Math.round(hours / 24);
  return days < 60 ? `${count(days, "day")} ago` : `${count(Math.round(days / 30), "month")} ago`;
}
