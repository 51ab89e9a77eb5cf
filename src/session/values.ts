import type { AbsPath } from "../base/index.ts";
import { valueUnsupported } from "./errors.ts";
import { type ArrayPlace, SharedArray, type Shares } from "./shares.ts";

/** A file that is handed over by its path; Python sees a `pathlib.Path`. */
export class FileValue {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }
}

/**
 * What can be handed to a lane and comes back from one. Python sees `None`, `bool`, `int`, `float`, `str`, `bytes`, `Path`,
 * a NumPy array, `list`, `dict`; tuples come back as lists. Whole numbers past 2^53 come back as `bigint`.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | FileValue
  | SharedArray
  | readonly Value[]
  | { readonly [name: string]: Value };

export interface Encoded {
  readonly value: unknown;
  readonly attachments: readonly Uint8Array[];
}

const deepest = 200;

/** Throws `VALUE_UNSUPPORTED`. */
export function encodeValue(value: unknown): Encoded {
  const attachments: Uint8Array[] = [];
  return { value: encode(value, attachments, 0), attachments };
}

function encode(value: unknown, attachments: Uint8Array[], depth: number): unknown {
  if (depth > deepest) throw valueUnsupported("A value that is nested too deeply, or holds itself,");
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "bigint":
      return { $: "int", text: String(value) };
    case "number":
      return Number.isFinite(value) ? value : { $: "float", text: notFinite(value) };
    case "undefined":
      return null;
    case "object":
      return value === null ? null : encodeObject(value, attachments, depth);
    default:
      throw valueUnsupported(`A ${typeof value}`);
  }
}

function notFinite(value: number): string {
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

function encodeObject(value: object, attachments: Uint8Array[], depth: number): unknown {
  if (value instanceof Uint8Array) {
    attachments.push(value);
    return { $: "bytes", at: attachments.length - 1 };
  }
  if (value instanceof FileValue) return { $: "file", path: value.path };
  if (value instanceof SharedArray) return { $: "array", ...value.place, writable: value.isWritable };
  if (Array.isArray(value)) return value.map((one) => encode(one, attachments, depth + 1));
  const kind = Object.getPrototypeOf(value) as unknown;
  if (kind !== Object.prototype && kind !== null)
    throw valueUnsupported(`A \`${value.constructor?.name ?? "object"}\``);
  const whole = Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, encode(one, attachments, depth + 1)]),
  );
  return "$" in whole ? { $: "map", map: whole } : whole;
}

/** What a lane sent; arrays are held by the session from here on. Throws when it is no value. */
export function decodeValue({ value, attachments }: Encoded, shares: Shares): Value {
  if (value === null || typeof value === "boolean" || typeof value === "number" || typeof value === "string")
    return value;
  if (Array.isArray(value)) return value.map((one) => decodeValue({ value: one, attachments }, shares));
  if (typeof value !== "object") throw new TypeError("no value");
  const tagged = value as Readonly<Record<string, unknown>>;
  if (!("$" in tagged)) return decodeMap(tagged, attachments, shares);
  switch (tagged["$"]) {
    case "map":
      return decodeMap(tagged["map"] as Readonly<Record<string, unknown>>, attachments, shares);
    case "bytes":
      return attachments[Number(tagged["at"])] ?? new Uint8Array(0);
    case "int":
      return BigInt(String(tagged["text"]));
    case "float":
      return (
        { nan: Number.NaN, inf: Number.POSITIVE_INFINITY, "-inf": Number.NEGATIVE_INFINITY }[String(tagged["text"])] ??
        0
      );
    case "file":
      return new FileValue(String(tagged["path"]));
    case "array":
      return shares.hold(arrayPlace(tagged, shares));
    default:
      throw new TypeError("no value");
  }
}

function decodeMap(
  map: Readonly<Record<string, unknown>>,
  attachments: readonly Uint8Array[],
  shares: Shares,
): { readonly [name: string]: Value } {
  return Object.fromEntries(
    Object.entries(map).map(([name, one]) => [name, decodeValue({ value: one, attachments }, shares)]),
  );
}

/** A lane may name only files of its session: releasing an array removes its file. */
function arrayPlace(tagged: Readonly<Record<string, unknown>>, shares: Shares): ArrayPlace {
  const { file, offset, order, dtype, shape } = tagged;
  const isSound =
    typeof file === "string" &&
    shares.owns(file) &&
    typeof offset === "number" &&
    (order === "C" || order === "F") &&
    (typeof dtype === "string" || Array.isArray(dtype)) &&
    Array.isArray(shape) &&
    shape.every((length) => Number.isSafeInteger(length) && length >= 0);
  if (!isSound) throw new TypeError("no array of this session");
  return { file: file as AbsPath, offset, order, dtype, shape: shape as number[] };
}
