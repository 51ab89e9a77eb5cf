import { absPath } from "../../src/base/index.ts";
import { nodeFs } from "../../src/node/index.ts";
import { memoryPorts } from "../kit/memory-ports.ts";
import { tempDir } from "../kit/temp.ts";
import { type FsSubject, fsContract } from "./fs.ts";
import { fsLinksContract } from "./fs-links.ts";

const subjects: Readonly<Record<string, () => FsSubject>> = {
  "real disk": () => ({ fs: nodeFs(), root: tempDir("fs") }),
  "Linux disk in memory": () => inMemory("linux", "/proj"),
  "macOS disk in memory": () => inMemory("macos", "/proj"),
  "Windows disk in memory": () => inMemory("windows", "C:\\work"),
};

for (const [name, make] of Object.entries(subjects)) {
  fsContract(name, make);
  fsLinksContract(name, make);
}

function inMemory(os: "linux" | "macos" | "windows", root: string): FsSubject {
  const { fs, disk } = memoryPorts({ os, disk: { reflinks: os === "macos" } });
  disk.mount(absPath(root));
  return { fs, root: absPath(root) };
}
