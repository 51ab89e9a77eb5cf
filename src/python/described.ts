import type { AbsPath } from "../base/index.ts";
import { isAnswer, toInterpreter } from "./ask/answer.ts";
import { descriptionInvalid } from "./errors.ts";
import type { Interpreter } from "./interpreter.ts";

/**
 * An interpreter as it describes itself from within a program that isn't Python's own (`interpreter_facts` of the module
 * for hosts): the same facts that a program is asked for, as JSON. Its `executable` need not be a Python. Throws
 * `ARGUMENT_INVALID`.
 */
export function describedInterpreter(text: string): Interpreter {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw descriptionInvalid("it is not JSON", error);
  }
  if (!isAnswer(value)) throw descriptionInvalid("fields are missing");
  if (!value.versionInfo.every((part) => Number.isSafeInteger(part) && part >= 0))
    throw descriptionInvalid("`versionInfo` is no version");
  if (!Object.values(value.markers).every((item) => typeof item === "string"))
    throw descriptionInvalid("`markers` are not all texts");
  if (value.libc !== null && !(Array.isArray(value.libc) && value.libc.every((part) => typeof part === "string")))
    throw descriptionInvalid("`libc` is no pair of texts");
  return toInterpreter(value, value.executable as AbsPath);
}

/** True when what is installed for one works in the other: files with its tags are chosen, patch releases don't count. */
export function isAlike(one: Interpreter, other: Interpreter): boolean {
  const facts = (of: Interpreter): readonly unknown[] => [
    of.markers.implementation_name,
    of.versionInfo[0],
    of.versionInfo[1],
    of.freeThreaded,
    of.debug,
    of.machine,
    of.pointerBits,
    of.platformTag.split(/[-_]/)[0],
    of.libc?.kind,
  ];
  const [ours, theirs] = [facts(one), facts(other)];
  return ours.every((fact, index) => fact === theirs[index]);
}
