import { absPath } from "../../base/index.ts";
import { type ArrayPlace, type ArrayType, FileValue, SharedArray, type Value } from "../../session/index.ts";

/** An array in memory that every program of this person may map: `offset` bytes into `file`. */
export interface WireArray {
  readonly $: "array";
  readonly file: string;
  readonly offset: number;
  readonly order: "C" | "F";
  readonly dtype: ArrayType;
  readonly shape: readonly number[];
  readonly writable?: boolean;
}

/** Values in JSON. What JSON hasn't is an object with a member `$`; an object that has one of its own is a `map`. */
export type WireValue =
  | null
  | boolean
  | number
  | string
  | { readonly $: "bytes"; readonly base64: string }
  | { readonly $: "file"; readonly path: string }
  | { readonly $: "int"; readonly text: string }
  | { readonly $: "float"; readonly text: "nan" | "inf" | "-inf" }
  | { readonly $: "map"; readonly map: Readonly<Record<string, unknown>> }
  | WireArray
  | readonly unknown[]
  | Readonly<Record<string, unknown>>;

/** Thrown for what is no value; the message says what it was. */
export class WireFault extends Error {}

const deepest = 200;

/** Throws `WireFault`. */
export function toWire(value: Value | undefined, depth = 0): WireValue {
  if (depth > deepest) throw new WireFault("a value is nested too deeply");
  if (value === undefined || value === null) return null;
  if (typeof value === "bigint") return { $: "int", text: String(value) };
  if (typeof value === "number") return Number.isFinite(value) ? value : { $: "float", text: notFinite(value) };
  if (typeof value !== "object") return value;
  if (value instanceof Uint8Array)
    return { $: "bytes", base64: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64") };
  if (value instanceof FileValue) return { $: "file", path: value.path };
  if (value instanceof SharedArray) return { $: "array", ...value.place, writable: value.isWritable };
  if (isList(value)) return value.map((one) => toWire(one, depth + 1));
  const map = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, toWire(one as Value, depth + 1)]));
  return Object.hasOwn(map, "$") ? { $: "map", map } : map;
}

/** `hold` gives the array that lies there. Throws `WireFault`. */
export function fromWire(
  wire: unknown,
  hold: (place: ArrayPlace, isWritable: boolean) => SharedArray,
  depth = 0,
): Value {
  if (depth > deepest) throw new WireFault("a value is nested too deeply");
  if (wire === null || typeof wire === "boolean" || typeof wire === "number" || typeof wire === "string") return wire;
  if (Array.isArray(wire)) return wire.map((one) => fromWire(one, hold, depth + 1));
  if (typeof wire !== "object") throw new WireFault(`a ${typeof wire} is no value`);
  const known = wire as Readonly<Record<string, unknown>>;
  const mapOf = (map: object): Value =>
    Object.fromEntries(Object.entries(map).map(([name, one]) => [name, fromWire(one, hold, depth + 1)]));
  if (!Object.hasOwn(known, "$")) return mapOf(known);
  switch (known["$"]) {
    case "bytes":
      return bytesOf(known["base64"]);
    case "file":
      return new FileValue(textOf(known["path"], "path"));
    case "int":
      return wholeOf(textOf(known["text"], "text"));
    case "float":
      return floatOf(known["text"]);
    case "array":
      return hold(placeOf(known), known["writable"] === true);
    case "map":
      if (typeof known["map"] === "object" && known["map"] !== null) return mapOf(known["map"]);
  }
  throw new WireFault('a value with `$` is one of "bytes", "file", "int", "float", "array", "map"');
}

/** Base64 as RFC 4648 has it. Throws `WireFault`. */
export function bytesOf(base64: unknown): Uint8Array {
  const text = textOf(base64, "base64");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new WireFault("`base64` is not base64");
  return new Uint8Array(Buffer.from(text, "base64"));
}

function isList(value: object): value is readonly Value[] {
  return Array.isArray(value);
}

function notFinite(value: number): "nan" | "inf" | "-inf" {
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

function floatOf(text: unknown): number {
  const found = { nan: Number.NaN, inf: Number.POSITIVE_INFINITY, "-inf": Number.NEGATIVE_INFINITY }[String(text)];
  if (found === undefined) throw new WireFault('the text of a "float" is nan, inf or -inf');
  return found;
}

function wholeOf(text: string): bigint {
  if (!/^-?\d{1,10000}$/.test(text)) throw new WireFault('the text of an "int" is a whole number');
  return BigInt(text);
}

function textOf(value: unknown, name: string): string {
  if (typeof value !== "string") throw new WireFault(`\`${name}\` must be text`);
  return value;
}

function placeOf({ file, offset, order, dtype, shape }: Readonly<Record<string, unknown>>): ArrayPlace {
  const isSound =
    typeof file === "string" &&
    /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(file) &&
    Number.isSafeInteger(offset) &&
    (order === "C" || order === "F") &&
    (typeof dtype === "string" || Array.isArray(dtype)) &&
    isShape(shape);
  if (!isSound) throw new WireFault("an array has `file`, `offset`, `order`, `dtype` and `shape`");
  return { file: absPath(String(file)), offset: Number(offset), order, dtype: dtype as ArrayType, shape };
}

export function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length <= 64 && value.every((one) => Number.isSafeInteger(one) && one >= 0);
}
