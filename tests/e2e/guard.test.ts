import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { binary, type Ended, type Person, person } from "../kit/binary.ts";
import { buildHost, pythonOf, whyNoHost } from "../kit/embedding-host.ts";

/** Scripts run one after another in one program with a Python inside, as in Rhino; `worker:` allows a worker. */
async function inHost(someone: Person, minor: string, scripts: Readonly<Record<string, string>>): Promise<Ended> {
  const python = pythonOf(minor);
  if (python === undefined) throw new Error(`Python ${minor} is not here`);
  const host = buildHost(python, someone.home);
  const words = Object.entries(scripts).map(([name, text]) => {
    const [file = "", worker] = name.split(":").reverse();
    writeFileSync(join(someone.home, file), text);
    return worker === undefined ? join(someone.home, file) : `worker:${join(someone.home, file)}`;
  });
  const module = (await someone.venvoy("host", "module")).out.trim();
  const env = { VENVOY_BINARY: binary };
  return someone.run(host, [python.prefix, module, ...words], { env });
}

function lacks(...minors: readonly string[]): boolean {
  const why = minors.map(whyNoHost).find((one) => one !== undefined);
  if (why !== undefined) process.stderr.write(`skipped: a program with a Python inside: ${why}\n`);
  return why !== undefined;
}

const numpy = (version: string) => `# r: numpy==${version}
import numpy as np
print(np.__version__, float(np.linalg.norm(np.array([3, 4], dtype=float))))
def again():
    from numpy.polynomial import hermite
    import numpy.fft
    print("again", np.__version__, numpy.fft.fft([1, 2]).tolist(), hermite.hermval(1, [1, 2]))
`;

describe("real packages in one embedded interpreter", () => {
  test.skipIf(lacks("3.11"))("numpy in two versions: the named error, and nothing mixed", async () => {
    using someone = person();
    const said = await inHost(someone, "3.11", { "a.py": numpy("1.26.4"), "b.py": numpy("2.2.6") });
    expect(said.out).toBe("1.26.4 5.0\nagain 1.26.4 [(3+0j), (-1+0j)] 5.0\n");
    expect(said.err).toMatch(/^FAILED .*b\.py: VersionConflict: `numpy`: numpy 1\.26\.4 is loaded for .*a\.py/);
    expect(said.err).toContain("numpy 2.2.6 is needed for");
    expect(said.exit).toBe(0);
  });

  test.skipIf(lacks("3.11"))("a script that leaves the choice gets the numpy that is loaded", async () => {
    using someone = person();
    const free = numpy("1.26.4").replace("numpy==1.26.4", "numpy");
    const said = await inHost(someone, "3.11", { "a.py": numpy("1.26.4"), "b.py": free });
    expect(said.err).toBe("");
    expect(said.out.split("\n").slice(0, 2)).toEqual(["1.26.4 5.0", "1.26.4 5.0"]);
  });

  test.skipIf(lacks("3.11"))("numpy in two versions: the second from a worker, arrays both ways", async () => {
    using someone = person();
    const exchange = `${numpy("2.2.6")}
import sys, venvoy
host = sys.modules["numpy"]
def exchange():
    there = np.arange(300000, dtype=float).reshape(3, 100000)
    here = host.asarray(there)
    assert (type(here), here.shape, here.dtype, float(here.sum())) == (host.ndarray, (3, 100000), float, 299999 * 150000.0)
    assert float(np.sum(here)) == float(here.sum()) and float((there * 2)[2, 5]) == 400010.0
    assert isinstance(there, np.ndarray) and there.shape == (3, 100000)
    print("exchanged", host.__version__, np.__version__)
exchange()
`;
    const said = await inHost(someone, "3.11", { "a.py": numpy("1.26.4"), "worker:b.py": exchange });
    expect(said.err).toBe("");
    const again = (version: string) => `again ${version} [(3+0j), (-1+0j)] 5.0\n`;
    expect(said.out).toBe(`1.26.4 5.0\n2.2.6 5.0\nexchanged 1.26.4 2.2.6\n${again("1.26.4")}${again("2.2.6")}`);
  });

  test.skipIf(lacks("3.12"))("pydantic-core in two versions, and pydantic with it", async () => {
    using someone = person();
    const script = (version: string) => `# r: pydantic==${version}
import pydantic, pydantic_core
print(pydantic.VERSION, pydantic_core.__version__, pydantic.TypeAdapter(list[int]).validate_python(["1", 2]))
`;
    const scripts = { "a.py": script("2.8.2"), "b.py": script("2.10.6"), "worker:c.py": script("2.10.6") };
    const said = await inHost(someone, "3.12", scripts);
    expect(said.out).toBe("2.8.2 2.20.1 [1, 2]\n2.10.6 2.27.2 [1, 2]\n");
    expect(said.err).toMatch(/^FAILED .*b\.py: VersionConflict: `pydantic_core`: pydantic-core 2\.20\.1 is loaded/);
  });

  for (const minor of ["3.8", "3.11", "3.13"])
    test.skipIf(lacks(minor))(`pure packages with lazy imports in two versions, Python ${minor}`, async () => {
      using someone = person();
      const script = (rich: string, idna: string) => `# r: rich==${rich}, idna==${idna}, attrs<24
import io, idna, attr, rich
from importlib.metadata import version
def again():
    from rich.console import Console
    from rich.table import Table
    import rich.pretty, rich.traceback
    import idna.uts46data
    out = io.StringIO()
    table = Table("name")
    table.add_row(rich.pretty.pretty_repr({"a": 1}))
    Console(file=out, width=40).print(table)
    where = {m.__file__.split("site-packages")[0] for m in (rich, rich.pretty, rich.traceback, idna, idna.uts46data)}
    print(version("rich"), version("idna"), len(where), "{'a': 1}" in out.getvalue(), idna.encode("bücher.example"))
again()
`;
      const [one, two] = [script("12.6.0", "3.4"), script("13.9.4", "3.7")];
      const said = await inHost(someone, minor, { "a.py": one, "b.py": two });
      expect(said.err).toBe("");
      const lines = ["12.6.0 3.4", "13.9.4 3.7"].map((versions) => `${versions} 1 True b'xn--bcher-kva.example'\n`);
      expect(said.out).toBe([...lines, ...lines].join(""));
    });

  test.skipIf(lacks("3.11"))("packages that import by name, in two versions; and one whose import fails", async () => {
    using someone = person();
    const script = (
      six: string,
      pygments: string,
      docutils: string,
      jinja: string,
    ) => `# r: six==${six}, pygments==${pygments}
# r: docutils==${docutils}, jinja2==${jinja}, markupsafe==2.1.5
import six, pygments, docutils
from six.moves import configparser
from six.moves.urllib.parse import urlparse
def again():
    from pygments.lexers import get_lexer_by_name
    from pygments.formatters import HtmlFormatter
    import docutils.core
    lexer = get_lexer_by_name("python")
    assert pygments.highlight("x = 1", lexer, HtmlFormatter()).count("<span") > 2
    html = docutils.core.publish_string("T\\n=\\n\\n.. note:: *x*\\n", writer_name="html5")
    assert b"note" in html and type(lexer).__module__ == pygments.__name__ + ".lexers.python"
    print(six.__version__, pygments.__version__, docutils.__version__)
again()
try:
    import jinja2
    print(jinja2.Template("{{ x|upper }}").render(x="a"), jinja2.__version__)
except ImportError as error:
    print("soft_unicode" in str(error))
`;
    const one = script("1.15.0", "2.10.0", "0.18.1", "2.11.3");
    const two = script("1.16.0", "2.17.2", "0.20.1", "3.1.3");
    const said = await inHost(someone, "3.11", { "a.py": one, "b.py": two });
    expect(said.err).toBe("");
    const [first, second] = ["1.15.0 2.10.0 0.18.1\n", "1.16.0 2.17.2 0.20.1\n"];
    expect(said.out).toBe(`${first}True\n${second}A 3.1.3\n${first}${second}`);
  });

  test.skipIf(lacks("3.11", "3.13"))("a script that asks for another Python runs whole in a worker", async () => {
    using someone = person();
    const other =
      "#! python 3.13\n# r: idna==3.7\nimport idna, sys\ndef told():\n    return idna.__version__, list(sys.version_info[:2])\n";
    writeFileSync(join(someone.home, "other.py"), other);
    const script = `import os, venvoy
path = os.path.join(os.path.dirname(__file__), "other.py")
try:
    venvoy.use(path)
except venvoy.VenvoyError as error:
    print(error.code, "venvoy.worker" in error.hint)
with venvoy.worker(path) as lane:
    lane.run()
    print(lane.call(":told"))
`;
    const said = await inHost(someone, "3.11", { "a.py": script });
    expect(said.err).toBe("");
    expect(said.out).toBe("PYTHON_UNSUPPORTED True\n('3.7', [3, 13])\n");
  });
});
