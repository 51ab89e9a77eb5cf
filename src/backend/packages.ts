import { type PackageName, SafeUrl } from "../base/index.ts";
import type { BackendName } from "./table.ts";

/** Built anew for every backend, and useless without the others of the same: these come from its index or not at all. */
const only = ["torch", "torchvision", "torchaudio"];

/**
 * What the indexes of backends have besides, and the usual index may have, too: asked there first. Everything else
 * on those indexes (copies of numpy and the like) is the usual index's business.
 */
const first = [
  "fbgemm-gpu",
  "fbgemm-gpu-genai",
  "pytorch-triton",
  "pytorch-triton-rocm",
  "pytorch-triton-xpu",
  "torch-tensorrt",
  "torchao",
  "torcharrow",
  "torchcodec",
  "torchcsprng",
  "torchdata",
  "torchdistx",
  "torchrec",
  "torchserve",
  "torchtext",
  "torchtune",
  "triton",
  "triton-rocm",
  "triton-xpu",
  "xformers",
];

/** NVIDIA's libraries, which differ by CUDA version and are named after it. */
const firstByPrefix = ["nvidia-"];

/** Whether the index of a backend is asked for a package: alone, before the others, or (`undefined`) not at all. */
export function servedByBackend(name: PackageName): "only" | "first" | undefined {
  if (only.includes(name)) return "only";
  return first.includes(name) || firstByPrefix.some((prefix) => name.startsWith(prefix)) ? "first" : undefined;
}

/** The public place of indexes by backend, put together from its labels: the one place in the code that names it. */
const host = ["download", "pytorch", "org"].join(".");

export const defaultBackendIndexUrl: SafeUrl = SafeUrl.parse(`https://${host}/whl/`);

/** The index of one backend, below the place of all. */
export function backendIndexUrl(base: SafeUrl, name: BackendName): SafeUrl {
  const full = new URL(base.reveal());
  full.pathname = `${full.pathname.replace(/\/+$/, "")}/${name}/`;
  return SafeUrl.parse(full.href);
}

/** The extra of a lock that chooses a backend at install; extras are normalised names (PEP 685). */
export function extraOfBackend(name: BackendName): string {
  return name.replaceAll(".", "-");
}
