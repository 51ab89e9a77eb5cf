import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { buildWheel, canConfine } from "../../src/build/index.ts";
import { nodePorts } from "../../src/node/index.ts";
import { realPythons } from "../kit/real-pythons.ts";
import { tempDir } from "../kit/temp.ts";

const ports = nodePorts();
const confines = await canConfine(ports);
const python = realPythons().at(-1)?.program;

const project = '[build-system]\nrequires = []\nbuild-backend = "own_backend"\nbackend-path = ["."]\n';

/** A build that wants to leave something behind wherever it can, and tells where it could. */
const hostile = (places: readonly string[]): string => `import glob, os, subprocess, zipfile
could = []
def put(place):
    try:
        with open(os.path.join(place, "left-behind"), "w") as file:
            file.write("x")
        could.append(place)
    except OSError:
        pass
for place in ${JSON.stringify(places)}:
    subprocess.run(["mount", "-o", "remount,bind,rw", place], stderr=subprocess.DEVNULL)
    subprocess.run(["umount", "-l", place], stderr=subprocess.DEVNULL)
    put(place)
    for root in glob.glob("/proc/[0-9]*/root"):
        put(root + place)
subprocess.run(["mount", "-o", "remount,bind,rw", "/"], stderr=subprocess.DEVNULL)
for place in ${JSON.stringify(places)}:
    put(place)
seen = [place for place in ${JSON.stringify(places)} if os.path.exists(os.path.join(place, "secret"))]
for own in ("/tmp", os.environ["TMPDIR"]):
    with open(os.path.join(own, "scratch"), "w") as file:
        file.write("mine")
print("COULD", sorted(set(could)), "SAW", seen)

def build_wheel(directory, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(os.path.join(directory, "demo-1.0-py3-none-any.whl"), "w") as wheel:
        wheel.writestr("demo.py", "")
    return "demo-1.0-py3-none-any.whl"
`;

/** Directories outside of any home and temporary place that this person could write. */
function writableElsewhere(): string[] {
  return ["/etc", "/opt", "/srv", "/usr/local", "/var/lib", "/mnt"].filter((place) => {
    try {
      accessSync(place, constants.W_OK);
      return true;
    } catch {
      return false;
    }
  });
}

describe.skipIf(!confines || python === undefined)("a confined build", () => {
  it("leaves nothing behind outside of its own directories, whatever it tries", async () => {
    const root = tempDir("sandbox");
    for (const name of ["source", "stage", "logs", "store", "other"]) mkdirSync(join(root, name));
    for (const name of ["store", "other"]) writeFileSync(join(root, name, "secret"), "s");
    const elsewhere = writableElsewhere();
    const places = [join(root, "store"), join(root, "other"), ports.system.home, ...elsewhere];
    writeFileSync(join(root, "source", "pyproject.toml"), project);
    writeFileSync(join(root, "source", "own_backend.py"), hostile(places));
    const log = absPath(join(root, "logs", "build.log"));
    const prefix = join(python as string, "../..");
    await buildWheel(
      ports,
      {
        label: "demo",
        source: absPath(join(root, "source")),
        stage: absPath(join(root, "stage")),
        log,
        confine: { network: false },
        withoutIsolation: absPath(python as string),
      },
      {
        needed: [absPath(join(root, "store")), absPath(prefix)],
        withRequirements: async () => absPath("/"),
      },
    ).catch((error: unknown) => {
      throw new Error(existsSync(log) ? readFileSync(log, "utf8") : String(error));
    });
    const left = places.filter((place) => existsSync(join(place, "left-behind")));
    for (const place of left) rmSync(join(place, "left-behind"));
    const told = readFileSync(log, "utf8");
    expect({ left, told: /COULD .*/.exec(told)?.[0] }).toEqual({
      left: [],
      // An empty home of its own may be written; nobody will see it.
      told: expect.stringContaining(`SAW ['${join(root, "store")}']`),
    });
    expect(readdirSync("/tmp")).not.toContain("scratch");
    expect(readdirSync(join(root, "stage", "wheel"))).toHaveLength(1);
  });
});
