import type { AskedRequirement } from "../../src/resolve/index.ts";
import type { MadeIndex } from "./memory-source.ts";
import { inFile, typed } from "./targets.ts";

/** Requirements that can't all be met, on Python 3.11. */
export interface Conflict {
  readonly name: string;
  readonly index: MadeIndex;
  readonly asked: readonly AskedRequirement[];
  readonly constraints: readonly AskedRequirement[];
  /** How many words of the question must change at least, where somebody has counted. */
  readonly least?: number;
}

const only311 = ["cp311-cp311-manylinux_2_17_x86_64"];

function conflict(
  name: string,
  least: number,
  [asked, index, constraints = []]: readonly [readonly string[], MadeIndex, (readonly string[])?],
): Conflict {
  const limits = constraints.map((text, at) => inFile("constraints.txt", at + 1, text));
  return { name, least, asked: typed(...asked), index, constraints: limits };
}

const frames: MadeIndex = {
  numpy: { "1.24.4": {}, "1.26.4": {}, "2.0.2": {}, "2.3.1": {} },
  pandas: {
    "1.5.3": { requires: ["numpy>=1.21"] },
    "2.2.3": { requires: ["numpy>=1.26"] },
    "3.0.0": { requires: ["numpy>=2"] },
  },
};

const web: MadeIndex = {
  pydantic: { "1.10.21": {}, "2.10.6": {}, "2.11.0": {} },
  starlette: { "0.26.1": {}, "0.41.3": {}, "0.46.0": {} },
  fastapi: {
    "0.95.2": { requires: ["pydantic>=1.6,<2", "starlette>=0.26,<0.27"] },
    "0.115.6": { requires: ["pydantic>=2.7", "starlette>=0.40,<0.42"] },
  },
  "pydantic-settings": { "2.7.0": { requires: ["pydantic>=2.7"] } },
};

const core = (name: string, bound: string): MadeIndex => ({ [name]: { "1.0": { requires: [`core${bound}`] } } });

/** Shapes of conflicts that people meet, with the number of changes that each needs. */
export const knownConflicts: readonly Conflict[] = [
  conflict("a frame library that left an old numpy", 1, [["pandas>=3", "numpy<2"], frames]),
  conflict("a pin in a constraints file", 1, [["pandas>=2.2"], frames, ["numpy==1.24.4"]]),
  conflict("two generations of a validator", 1, [["fastapi==0.95.2", "pydantic-settings"], web]),
  conflict("two conflicts that have nothing in common", 2, [
    ["pandas>=3", "numpy<2", "fastapi>=0.115", "pydantic<2"],
    { ...frames, ...web },
  ]),
  conflict("three of them", 3, [
    ["pandas>=3", "numpy<2", "fastapi>=0.115", "pydantic<2", "jax==0.4.20", "jaxlib==0.4.30"],
    {
      ...frames,
      ...web,
      jax: { "0.4.20": { requires: ["jaxlib==0.4.20"] }, "0.4.30": { requires: ["jaxlib==0.4.30"] } },
      jaxlib: { "0.4.20": {}, "0.4.30": {} },
    },
  ]),
  conflict("two halves of one product", 1, [
    ["jax==0.4.20", "jaxlib==0.4.30"],
    {
      jax: { "0.4.20": { requires: ["jaxlib==0.4.20"] }, "0.4.30": { requires: ["jaxlib==0.4.30"] } },
      jaxlib: { "0.4.20": {}, "0.4.30": {} },
    },
  ]),
  conflict("one old pin against two wishes", 1, [
    ["tensorflow==2.15.0", "keras>=3", "numpy>=2"],
    {
      numpy: { "1.26.4": {}, "2.0.2": {} },
      keras: { "2.15.0": {}, "3.5.0": {} },
      tensorflow: {
        "2.15.0": { requires: ["numpy<2", "keras<2.16"] },
        "2.18.0": { requires: ["numpy<2.1", "keras>=3.5"] },
      },
    },
  ]),
  conflict("a framework that holds two others back", 1, [
    ["airflow==2.8.1", "sqlalchemy>=2", "flask>=3"],
    {
      airflow: { "2.8.1": { requires: ["sqlalchemy<2", "flask<2.3"] }, "3.0.0": { requires: ["sqlalchemy>=2"] } },
      sqlalchemy: { "1.4.54": {}, "2.0.36": {} },
      flask: { "2.2.5": {}, "3.1.0": {} },
    },
  ]),
  conflict("an extra that needs more", 1, [
    ["uvicorn[standard]>=0.30", "websockets<10"],
    {
      uvicorn: {
        "0.20.0": { extras: { standard: ["websockets>=10.0"] } },
        "0.34.0": { extras: { standard: ["websockets>=10.4", "httptools"] } },
      },
      websockets: { "9.1": {}, "10.4": {}, "14.1": {} },
      httptools: { "0.6.4": {} },
    },
  ]),
  conflict("a shared serializer, three against each other", 1, [
    ["grpcio-status>=1.60", "tensorboard<2.10", "onnx==1.12.0"],
    {
      protobuf: { "3.19.6": {}, "3.20.1": {}, "4.25.5": {} },
      "grpcio-status": { "1.48.2": { requires: ["protobuf<4"] }, "1.60.1": { requires: ["protobuf>=4.21"] } },
      tensorboard: { "2.9.1": { requires: ["protobuf<3.20"] }, "2.18.0": { requires: ["protobuf>=3.19.6"] } },
      onnx: { "1.12.0": { requires: ["protobuf<3.20.2"] }, "1.17.0": { requires: ["protobuf>=3.20.2"] } },
    },
  ]),
  conflict("one bound that three others break", 1, [
    ["core<2", "left", "middle", "right"],
    { core: { "1.0": {}, "2.0": {} }, ...core("left", ">=2"), ...core("middle", ">=2"), ...core("right", ">=2") },
  ]),
  conflict("two against two", 2, [
    ["north", "east", "south", "west"],
    {
      core: { "1.0": {}, "2.0": {} },
      ...core("north", "<2"),
      ...core("east", "<2"),
      ...core("south", ">=2"),
      ...core("west", ">=2"),
    },
  ]),
  conflict("one against two", 1, [
    ["north", "south", "west"],
    { core: { "1.0": {}, "2.0": {} }, ...core("north", "<2"), ...core("south", ">=2"), ...core("west", ">=2") },
  ]),
  conflict("a release that has wheels for an older Python only", 1, [
    ["torch==1.13.1", "rich"],
    { torch: { "1.13.1": { wheelTags: ["cp310-cp310-manylinux_2_17_x86_64"] }, "2.5.1": {} }, rich: { "13.9": {} } },
  ]),
  conflict("a release for a newer Python, beside one that has wheels for this alone", 1, [
    ["django>=6", "driver==4.0"],
    { django: { "5.2": {}, "6.0": { requiresPython: ">=3.12" } }, driver: { "4.0": { wheelTags: only311 } } },
  ]),
  conflict("a chain whose end disagrees with its head", 1, [
    ["langchain==0.1.20", "langchain-openai>=0.2", "openai>=1.40"],
    {
      langchain: {
        "0.1.20": { requires: ["langchain-core>=0.1.52,<0.2"] },
        "0.3.9": { requires: ["langchain-core>=0.3.21,<0.4"] },
      },
      "langchain-core": { "0.1.53": {}, "0.3.21": {}, "0.3.28": {} },
      "langchain-openai": {
        "0.1.8": { requires: ["langchain-core>=0.1.46,<0.3", "openai>=1.26"] },
        "0.2.11": { requires: ["langchain-core>=0.3.21,<0.4", "openai>=1.54"] },
      },
      openai: { "1.30.0": {}, "1.57.0": {} },
    },
  ]),
  conflict("a pin whose other end is two steps away", 1, [
    ["urllib3<1.26", "boto3>=1.34", "requests"],
    {
      boto3: { "1.26.165": { requires: ["botocore<1.30"] }, "1.34.100": { requires: ["botocore>=1.34,<1.35"] } },
      botocore: {
        "1.29.165": { requires: ["urllib3>=1.25.4,<1.27"] },
        "1.34.100": { requires: ["urllib3>=1.26,<2.3"] },
      },
      urllib3: { "1.25.11": {}, "1.26.20": {}, "2.2.3": {} },
      requests: { "2.32.3": { requires: ["urllib3>=1.21.1,<3"] } },
    },
  ]),
];
