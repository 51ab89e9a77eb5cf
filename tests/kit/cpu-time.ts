/** Milliseconds that this process computed for, whatever else the machine does meanwhile: what bounds on work are held against. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
