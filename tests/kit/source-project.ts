import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A build backend of its own in the project: builds wheels (PEP 517, 660) with nothing but Python, without network. */
const backend = `
import base64, hashlib, os, zipfile
NAME, VERSION = "@NAME@", "@VERSION@"
INFO = f"{NAME}-{VERSION}.dist-info"
HERE = os.path.dirname(os.path.abspath(__file__))
META = f"Metadata-Version: 2.1\\nName: {NAME}\\nVersion: {VERSION}\\n" + @REQUIRES@
WHEEL = "Wheel-Version: 1.0\\nGenerator: own\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
POINTS = f"[console_scripts]\\n{NAME} = {NAME}:main\\n"
def write(directory, files):
    name = f"{NAME}-{VERSION}-py3-none-any.whl"
    files = {**files, f"{INFO}/METADATA": META, f"{INFO}/WHEEL": WHEEL, f"{INFO}/entry_points.txt": POINTS}
    record = ""
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(text.encode())}\\n"
    files[f"{INFO}/RECORD"] = record + f"{INFO}/RECORD,,\\n"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return name
def read(path):
    with open(os.path.join(HERE, path)) as file:
        return file.read()
def build_wheel(directory, config_settings=None, metadata_directory=None):
    return write(directory, {
        f"{NAME}/__init__.py": read(f"{NAME}/__init__.py"),
        f"{NAME}-{VERSION}.data/scripts/{NAME}-tool": "#!python\\nimport sys\\nprint('tool', sys.prefix)\\n",
        f"{NAME}-{VERSION}.data/data/share/{NAME}/note.txt": "a note\\n",
        f"{NAME}-{VERSION}.data/headers/{NAME}.h": "/* a header */\\n",
    })
def build_editable(directory, config_settings=None, metadata_directory=None):
    return write(directory, {f"__editable__.{NAME}-{VERSION}.pth": HERE + "\\n"})
`;

/** Writes the source of a package with one module, one program, a script, a data file and a header. */
export function sourceProject(
  directory: string,
  name: string,
  { version = "1.0", requires = [] }: { readonly version?: string; readonly requires?: readonly string[] } = {},
): string {
  const root = join(directory, name);
  mkdirSync(join(root, name), { recursive: true });
  writeFileSync(join(root, name, "__init__.py"), `v = "${version}"\ndef main():\n    print("${name}", v)\n`);
  const lines = requires.map((one) => `Requires-Dist: ${one}\n`).join("");
  writeFileSync(
    join(root, "own_backend.py"),
    backend.replace("@NAME@", name).replace("@VERSION@", version).replace("@REQUIRES@", JSON.stringify(lines)),
  );
  writeFileSync(
    join(root, "pyproject.toml"),
    `[build-system]\nrequires = []\nbuild-backend = "own_backend"\nbackend-path = ["."]\n[project]\nname = "${name}"\nversion = "${version}"\n`,
  );
  return root;
}
