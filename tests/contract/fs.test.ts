import { absPath } from "../../src/base/index.ts";
import { nodeFs } from "../../src/node/index.ts";
import { memoryPorts } from "../kit/memory-ports.ts";
import { tempDir } from "../kit/temp.ts";
import { type FsSubject, fsContract } from "./fs.ts";

fsContract("real disk", () => ({ fs: nodeFs(), root: tempDir("fs") }));

fsContract("Linux disk in memory", () => inMemory("linux", "/proj"));
fsContract("macOS disk in memory", () => inMemory("macos", "/proj"));
fsContract("Windows disk in memory", () => inMemory("windows", "C:\\work"));

function inMemory(os: "linux" | "macos" | "windows", root: string): FsSubject {
  const { fs, disk } = memoryPorts({ os, disk: { reflinks: os === "macos" } });
  disk.mount(absPath(root));
  return { fs, root: absPath(root) };
}
