import type { Outcome } from "../outcome.ts";
import type { Session } from "../session.ts";
import { command } from "../spec.ts";

export const rename = command(
  {
    path: "rename",
    group: "environments",
    summary: "give an environment another name (the old one leads there for 30 days)",
    args: {
      name: { kind: "one", summary: "the environment" },
      to: { kind: "one", summary: "its new name" },
    },
    flags: {},
    examples: ["venvoy rename demo relephant"],
  },
  async ({ args, session }) => {
    const report = await (await session.venvoy()).rename({ ...args, signal: session.signal });
    const { from, name, changed } = report;
    return {
      exit: 0,
      data: report,
      text: (style) =>
        changed
          ? `${style.tick} ${from} is called ${style.bold(name)} now${style.dim(`   back: venvoy rename ${name} ${from}`)}`
          : `${style.tick} ${style.bold(name)} is called so already`,
    };
  },
);

const guardArgs = { name: { kind: "maybe", summary: "the environment (else the active one)" } } as const;

export const protect = command(
  {
    path: "protect",
    group: "environments",
    summary: "refuse changes to an environment, and its deletion",
    args: guardArgs,
    flags: {},
    examples: ["venvoy protect demo"],
  },
  ({ args, session }) => guard(session, args.name, true),
);

export const unprotect = command(
  {
    path: "unprotect",
    group: "environments",
    summary: "allow changes to a protected environment again",
    args: guardArgs,
    flags: {},
    examples: ["venvoy unprotect demo"],
  },
  ({ args, session }) => guard(session, args.name, false),
);

async function guard(session: Session, name: string | undefined, wanted: boolean): Promise<Outcome> {
  const report = await (await session.venvoy()).protect({
    ...(name === undefined ? {} : { name }),
    protected: wanted,
    signal: session.signal,
  });
  const state = wanted ? "is protected" : "may be changed";
  const already = report.changed ? "" : " already";
  const back = report.changed && wanted ? `   lift it: venvoy unprotect ${report.name}` : "";
  return {
    exit: 0,
    data: report,
    text: (style) => `${style.tick} ${style.bold(report.name)} ${state}${already}${style.dim(back)}`,
  };
}
