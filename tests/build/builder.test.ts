import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { type AbsPath, absPath, isVenvoyError, type VenvoyError } from "../../src/base/index.ts";
import { type BuildEnvironments, buildWheel, canConfine, metadataOf } from "../../src/build/index.ts";
import { nodePorts } from "../../src/node/index.ts";
import { realPythons } from "../kit/real-pythons.ts";
import { tempDir } from "../kit/temp.ts";

const ports = nodePorts();
const python = realPythons().at(-1)?.program;
const confines = await canConfine(ports);

/** A backend that lies in the tree and needs nothing: it writes a wheel with the standard library. */
const backend = `import os, socket, zipfile

def get_requires_for_build_wheel(config_settings=None):
    return []

def prepare_metadata_for_build_wheel(directory, config_settings=None):
    os.mkdir(os.path.join(directory, "demo-1.0.dist-info"))
    with open(os.path.join(directory, "demo-1.0.dist-info", "METADATA"), "w") as file:
        file.write("Metadata-Version: 2.1\\nName: demo\\nVersion: 1.0\\nRequires-Dist: idna; extra == '%s'\\n" % config_settings["extra"])
    print("noise on the output")
    return "demo-1.0.dist-info"

def build_wheel(directory, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(os.path.join(directory, "demo-1.0-py3-none-any.whl"), "w") as wheel:
        wheel.writestr("demo.py", "home = %r\\nnetwork = %r\\n" % (sorted(os.listdir(os.path.expanduser("~"))), network()))
        wheel.writestr("demo-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: demo\\nVersion: 1.0\\n")
    return "demo-1.0-py3-none-any.whl"

def network():
    try:
        socket.create_connection(("127.0.0.1", 9), timeout=1)
    except ConnectionRefusedError:
        return "reached"
    except OSError as error:
        return "cut off"
    return "reached"
`;

const project = '[build-system]\nrequires = []\nbuild-backend = "own_backend"\nbackend-path = ["tools"]\n';

interface Made {
  readonly options: Parameters<typeof buildWheel>[1];
  readonly environments: BuildEnvironments;
  readonly log: string;
}

function sources(files: Readonly<Record<string, string>>, asked: string[][] = []): Made {
  const root = tempDir("sources");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, "tree", path)), { recursive: true });
    writeFileSync(join(root, "tree", path), text);
  }
  for (const name of ["stage", "logs"]) mkdirSync(join(root, name));
  const log = join(root, "logs", "build.log");
  return {
    options: {
      label: "demo-1.0.tar.gz",
      source: absPath(join(root, "tree")),
      stage: absPath(join(root, "stage")),
      log: absPath(log),
    },
    environments: {
      needed: [],
      withRequirements: async (requirements) => {
        asked.push([...requirements]);
        return python as AbsPath;
      },
    },
    log,
  };
}

async function failure(work: Promise<unknown>): Promise<VenvoyError> {
  try {
    await work;
  } catch (error) {
    if (isVenvoyError(error)) return error;
    throw error;
  }
  throw new Error("it was built");
}

describe.skipIf(python === undefined)("building sources", () => {
  it("prepares metadata with the settings that were given, whatever the backend prints", async () => {
    const { options, environments, log } = sources({ "pyproject.toml": project, "tools/own_backend.py": backend });
    const metadata = await metadataOf(ports, { ...options, settings: { extra: "fast" } }, environments);
    expect(metadata).toMatchObject({ name: "demo", version: "1.0", requiresDist: ["idna; extra == 'fast'"] });
    expect(readFileSync(log, "utf8")).toContain("noise on the output");
  });

  it("builds a wheel", async () => {
    const { options, environments } = sources({ "pyproject.toml": project, "tools/own_backend.py": backend });
    const file = await buildWheel(ports, options, environments);
    expect(file.endsWith("/wheel/demo-1.0-py3-none-any.whl")).toBe(true);
    expect(existsSync(file)).toBe(true);
  });

  it("runs nothing for metadata that can't change", async () => {
    const { options, environments } = sources({ "PKG-INFO": "Metadata-Version: 2.2\nName: demo\nVersion: 1.0\n" });
    expect(await metadataOf(ports, options, environments)).toMatchObject({ name: "demo" });
  });

  it("asks for setuptools where the tree names no backend", async () => {
    const asked: string[][] = [];
    const { options, environments } = sources({ "setup.py": "raise SystemExit('no')" }, asked);
    await failure(buildWheel(ports, options, environments));
    expect(asked[0]).toEqual(["setuptools>=40.8.0"]);
  });

  it.skipIf(!confines)("without the network and the home, when it is confined", async () => {
    const { options, environments } = sources({ "pyproject.toml": project, "tools/own_backend.py": backend });
    const needed = [absPath(dirname(dirname(python as string)))];
    const file = await buildWheel(ports, { ...options, confine: { network: false } }, { ...environments, needed });
    const text = readFileSync(file, "latin1");
    expect(text).toContain("network = 'cut off'");
    expect(text).not.toContain(".ssh");
    const open = await buildWheel(ports, { ...options, confine: { network: true } }, { ...environments, needed });
    expect(readFileSync(open, "latin1")).toContain("network = 'reached'");
  });

  it("tells the lines that matter, and what the machine lacks", async () => {
    const broken = `def build_wheel(*words):
    for number in range(50): print("compiling", number)
    print("src/x.c:3:10: fatal error: openssl/ssl.h: No such file or directory")
    raise RuntimeError("command 'gcc' failed with exit code 1")
`;
    const { options, environments, log } = sources({ "pyproject.toml": project, "tools/own_backend.py": broken });
    const error = await failure(buildWheel(ports, options, environments));
    expect(error.code).toBe("BUILD_FAILED");
    expect(error.message).toContain("openssl/ssl.h: No such file");
    expect(error.message).toContain("command 'gcc' failed");
    expect(error.message).not.toContain("compiling 3");
    expect(error.hint).toContain("`openssl/ssl.h` is missing");
    expect(error.data["log"]).toBe(log);
  });

  it.each([
    ["pyproject.toml that is no TOML", { "pyproject.toml": "[build-system\n" }, "isn't TOML"],
    [
      "requires that is no list",
      { "pyproject.toml": '[build-system]\nrequires = "x"\n' },
      "without a list of `requires`",
    ],
    [
      "requires left out",
      { "pyproject.toml": '[build-system]\nbuild-backend = "x"\n' },
      "without a list of `requires`",
    ],
    ["a backend path that leaves", { "pyproject.toml": project.replace("tools", "..") }, "leaves its directory"],
    ["no file that says how", { README: "x" }, "holds no `pyproject.toml`, `setup.py` or `setup.cfg`"],
    [
      "a backend that answers nonsense",
      { "pyproject.toml": project, "tools/own_backend.py": "def build_wheel(*a): return '../x.whl'" },
      "something else than a file name",
    ],
    [
      "a promise that is not kept",
      { "pyproject.toml": project, "tools/own_backend.py": "def build_wheel(*a): return 'x.whl'" },
      "made none",
    ],
    ["no hook for wheels", { "pyproject.toml": project, "tools/own_backend.py": "" }, "can't make a wheel"],
    ["a backend that isn't there", { "pyproject.toml": project }, "asking what its build needs failed"],
    [
      "a backend from elsewhere",
      { "pyproject.toml": project.replace("own_backend", "json"), "tools/x.py": "" },
      "that is not there",
    ],
  ])("%s is said", async (_name, files, said) => {
    const { options, environments } = sources(files as Record<string, string>);
    expect((await failure(buildWheel(ports, options, environments))).message).toContain(said);
  });
});
