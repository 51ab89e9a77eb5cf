import type { Outcome } from "../outcome.ts";
import type { Session } from "../session.ts";
import { command } from "../spec.ts";

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
