export interface ElfMachine {
  /** `e_machine`. */
  readonly machine: number;
  readonly wordBits: 32 | 64;
}

const known: Readonly<Record<string, ElfMachine>> = {
  x86_64: { machine: 62, wordBits: 64 },
  i686: { machine: 3, wordBits: 32 },
  aarch64: { machine: 183, wordBits: 64 },
  armv7l: { machine: 40, wordBits: 32 },
  ppc64le: { machine: 21, wordBits: 64 },
  s390x: { machine: 22, wordBits: 64 },
  riscv64: { machine: 243, wordBits: 64 },
  loongarch64: { machine: 258, wordBits: 64 },
};

/** What ELF files say of a machine that Python calls so; `undefined` for one that is not known here. */
export function elfMachine(machine: string): ElfMachine | undefined {
  return known[machine];
}

/** The name of an ELF machine: `aarch64`. */
export function machineName({ machine, wordBits }: ElfMachine): string {
  const found = Object.entries(known).find(([, one]) => one.machine === machine && one.wordBits === wordBits);
  return found?.[0] ?? `machine ${machine}`;
}
