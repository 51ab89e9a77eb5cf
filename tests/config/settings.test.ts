import { describe, expect, test } from "vitest";
import { type AbsPath, absPath, type PackageName, SafeUrl } from "../../src/base/index.ts";
import {
  explainSettings,
  type LoadOptions,
  loadSettings,
  ownVariable,
  parseNetrc,
  pipConfigFiles,
  type Settings,
  settingsTable,
} from "../../src/config/index.ts";
import type { System } from "../../src/ports/index.ts";
import { type MemoryPorts, memoryPorts } from "../kit/memory-ports.ts";

interface Machine {
  readonly env?: System["env"];
  readonly files?: Readonly<Record<string, string>>;
  readonly options?: Omit<LoadOptions, "layout">;
}

const layout = { config: absPath("/home/ada/.config/venvoy"), cache: absPath("/home/ada/.cache/venvoy") };

async function machine({ env = {}, files = {} }: Machine): Promise<MemoryPorts> {
  const ports = memoryPorts({ system: { env, cwd: absPath("/proj") } });
  for (const [path, text] of Object.entries(files)) {
    await ports.fs.makeDir(ports.fs.path.directory(path as AbsPath));
    await ports.fs.write(path as AbsPath, text);
  }
  return ports;
}

async function settings(facts: Machine = {}): Promise<Settings> {
  return loadSettings(await machine(facts), { layout, ...facts.options });
}

const addresses = (loaded: Settings): string[] => loaded.index.indexes.map((index) => index.url.toString());
const config = "/home/ada/.config/venvoy/config.toml";

test("nothing written: the public index, and the defaults of the table", async () => {
  const loaded = await settings();
  expect(addresses(loaded)).toEqual([["https://pypi", ".org/simple/"].join("")]);
  expect(loaded).toMatchObject({
    compile: "later",
    linkMode: undefined,
    prerelease: undefined,
    excludeNewer: undefined,
  });
  expect(loaded.index).toMatchObject({
    strategy: "first-index",
    offline: false,
    timeoutMs: 30_000,
    retries: 3,
    requestsPerHost: 50,
    keyring: false,
  });
  expect(explainSettings(loaded).every((row) => row.from === "default")).toBe(true);
});

describe("the order of places", () => {
  const places: readonly [string, Machine][] = [
    ["the machine's pip.conf", { files: { "/etc/pip.conf": "[global]\nindex-url = https://a.example/machine\n" } }],
    [
      "the person's pip.conf",
      { files: { "/home/ada/.config/pip/pip.conf": "[global]\nindex-url = https://a.example/person\n" } },
    ],
    [
      "the environment's pip.conf",
      {
        env: { VIRTUAL_ENV: "/envs/x" },
        files: { "/envs/x/pip.conf": "[global]\nindex_url = https://a.example/site\n" },
      },
    ],
    [
      "PIP_CONFIG_FILE",
      {
        env: { PIP_CONFIG_FILE: "/named.conf" },
        files: { "/named.conf": "[install]\nindex-url = https://a.example/named\n" },
      },
    ],
    ["PIP_INDEX_URL", { env: { PIP_INDEX_URL: "https://a.example/pip" } }],
    ["UV_INDEX_URL", { env: { UV_INDEX_URL: "https://a.example/uv-old" } }],
    ["UV_DEFAULT_INDEX", { env: { UV_DEFAULT_INDEX: "https://a.example/uv" } }],
    ["config.toml", { files: { [config]: 'index-url = "https://a.example/own-file"\n' } }],
    ["VENVOY_INDEX_URL", { env: { VENVOY_INDEX_URL: "https://a.example/own" } }],
    ["the command", { options: { overrides: { indexUrl: "https://a.example/command" } } }],
  ];
  const last = ["machine", "person", "site", "named", "pip", "uv-old", "uv", "own-file", "own", "command"];

  test.each(places.map(([label], at) => [label, at] as const))(
    "%s goes before all that are less specific",
    async (_label, at) => {
      const together = places.slice(0, at + 1).map(([, facts]) => facts);
      const loaded = await settings({
        env: Object.assign({}, ...together.map((facts) => facts.env ?? {})),
        files: Object.assign({}, ...together.map((facts) => facts.files ?? {})),
        ...(together.at(-1)?.options === undefined ? {} : { options: together.at(-1)?.options ?? {} }),
      });
      expect(addresses(loaded)).toEqual([`https://a.example/${last[at]}`]);
    },
  );

  test("[install] is more specific than [global]", async () => {
    const text = "[install]\nindex-url = https://a.example/install\n[global]\nindex-url = https://a.example/global\n";
    expect(addresses(await settings({ files: { "/etc/pip.conf": text } }))).toEqual(["https://a.example/install"]);
  });

  test("the null device as PIP_CONFIG_FILE switches pip's files off", async () => {
    const files = { "/etc/pip.conf": "[global]\nno-index = true\n" };
    expect(addresses(await settings({ env: { PIP_CONFIG_FILE: "/dev/null" }, files })).length).toBe(1);
    expect(addresses(await settings({ files })).length).toBe(0);
  });

  test("an empty variable says nothing", async () => {
    const files = { "/etc/pip.conf": "[global]\nindex-url = https://a.example/machine\n" };
    expect(addresses(await settings({ env: { PIP_INDEX_URL: "" }, files }))).toEqual(["https://a.example/machine"]);
  });
});

test("pip's files of each system", () => {
  const of = (os: System["os"], env: System["env"]): readonly string[] => {
    const ports = memoryPorts({ os, system: { env } });
    return pipConfigFiles({ fs: ports.fs, system: ports.system }, []);
  };
  expect(of("linux", { XDG_CONFIG_DIRS: "/etc/a:/etc/b" })).toEqual([
    "/etc/a/pip/pip.conf",
    "/etc/b/pip/pip.conf",
    "/etc/pip.conf",
    "/home/ada/.pip/pip.conf",
    "/home/ada/.config/pip/pip.conf",
  ]);
  expect(of("macos", {})).toEqual([
    "/Library/Application Support/pip/pip.conf",
    "/Users/ada/.pip/pip.conf",
    "/Users/ada/.config/pip/pip.conf",
    "/Users/ada/Library/Application Support/pip/pip.conf",
  ]);
  expect(of("windows", { PROGRAMDATA: "D:\\Data", APPDATA: "C:\\Users\\ada\\AppData\\Roaming" })).toEqual([
    "D:\\Data\\pip\\pip.ini",
    "C:\\Users\\ada\\pip\\pip.ini",
    "C:\\Users\\ada\\AppData\\Roaming\\pip\\pip.ini",
  ]);
});

describe("indexes", () => {
  test("extra ones are asked first, the default one last, none twice", async () => {
    const loaded = await settings({
      env: {
        PIP_EXTRA_INDEX_URL: "https://b.example/simple https://c.example/simple/",
        PIP_INDEX_URL: "https://c.example/simple",
      },
      options: { overrides: { extraIndexUrls: ["https://a.example/simple"] } },
    });
    expect(addresses(loaded)).toEqual([
      "https://a.example/simple",
      "https://b.example/simple",
      "https://c.example/simple/",
    ]);
  });

  test("lines of pip.conf are a list", async () => {
    const text = "[global]\nextra-index-url =\n    https://a.example/simple\n    https://b.example/simple\n";
    expect(addresses(await settings({ files: { "/etc/pip.conf": text } })).slice(0, 2)).toEqual([
      "https://a.example/simple",
      "https://b.example/simple",
    ]);
  });

  test("of config.toml have names, may be explicit, and packages may be pinned to them", async () => {
    const toml = `
[[index]]
name = "torch"
url = "https://torch.example/whl"
explicit = true

[[index]]
url = "https://main.example/simple"
default = true

[pins]
Torch_Vision = "torch"
`;
    const { index } = await settings({ files: { [config]: toml } });
    expect(index.indexes.map(({ url, name, explicit }) => [url.toString(), name, explicit])).toEqual([
      ["https://torch.example/whl", "torch", true],
      ["https://main.example/simple", undefined, undefined],
    ]);
    expect([...index.pins]).toEqual([["torch-vision", "torch"]]);
  });

  test("of a script have names, come first, and serve what is pinned to them", async () => {
    const overrides = {
      indexes: [{ url: "https://torch.example/whl", name: "gpu", explicit: true }, { url: "https://b.example/simple" }],
      pins: new Map([["torch" as PackageName, "gpu"]]),
    };
    const { index } = await settings({ env: { PIP_EXTRA_INDEX_URL: "https://c.example/" }, options: { overrides } });
    expect(index.indexes.slice(0, 3).map(({ url, explicit }) => [url.toString(), explicit])).toEqual([
      ["https://torch.example/whl", true],
      ["https://b.example/simple", undefined],
      ["https://c.example/", undefined],
    ]);
    expect(index.pins.get("torch" as PackageName)).toBe("gpu");
  });

  test("of UV_INDEX have names, and credentials by that name", async () => {
    const loaded = await settings({
      env: {
        UV_INDEX: "my-own=https://a.example/simple",
        UV_INDEX_MY_OWN_USERNAME: "ann",
        UV_INDEX_MY_OWN_PASSWORD: "p@ss",
      },
    });
    expect(loaded.index.indexes[0]).toMatchObject({ name: "my-own" });
    expect(loaded.index.indexes[0]?.url.reveal()).toBe("https://ann:p%40ss@a.example/simple");
  });

  test("may be directories", async () => {
    const loaded = await settings({
      options: { overrides: { indexUrl: "./mirror", findLinks: ["~/wheels", "file:///opt/w"] } },
    });
    expect(addresses(loaded)).toEqual(["file:///proj/mirror"]);
    expect(loaded.index.findLinks.map(String)).toEqual(["file:///home/ada/wheels", "file:///opt/w"]);
  });

  test("UV_FIND_LINKS separates by commas, PIP_FIND_LINKS by blanks", async () => {
    const uv = await settings({ env: { UV_FIND_LINKS: "/a b,https://c.example/" } });
    expect(uv.index.findLinks.map(String)).toEqual(["file:///a%20b", "https://c.example/"]);
    const pip = await settings({ env: { PIP_FIND_LINKS: "/a /b" } });
    expect(pip.index.findLinks.map(String)).toEqual(["file:///a", "file:///b"]);
  });
});

describe("proxies", () => {
  const proxyOf = async (env: System["env"], url: string): Promise<string | undefined> =>
    (await settings({ env })).index.routes.proxyFor(SafeUrl.parse(url))?.toString();

  test.each<[System["env"], string, string | undefined]>([
    [{ HTTPS_PROXY: "http://p.example:3128" }, "https://a.example/x", "http://p.example:3128/"],
    [{ HTTPS_PROXY: "http://p.example:3128" }, "http://a.example/x", undefined],
    [
      { https_proxy: "p.example:3128", HTTPS_PROXY: "http://other.example" },
      "https://a.example/",
      "http://p.example:3128/",
    ],
    [{ ALL_PROXY: "socks5://p.example:1080" }, "http://a.example/", "socks5://p.example:1080"],
    [{ ALL_PROXY: "http://p.example", NO_PROXY: "a.example" }, "https://a.example/", undefined],
    [{ ALL_PROXY: "http://p.example", NO_PROXY: "a.example" }, "https://b.a.example/", undefined],
    [{ ALL_PROXY: "http://p.example", NO_PROXY: "a.example" }, "https://ba.example/", "http://p.example/"],
    [{ ALL_PROXY: "http://p.example", NO_PROXY: ".a.example, x" }, "https://b.a.example/", undefined],
    [{ ALL_PROXY: "http://p.example", NO_PROXY: "a.example:8443" }, "https://a.example/", "http://p.example/"],
    [{ ALL_PROXY: "http://p.example", NO_PROXY: "a.example:8443" }, "https://a.example:8443/", undefined],
    [{ ALL_PROXY: "http://p.example", no_proxy: "10.0.0.0/8" }, "http://10.1.2.3/", undefined],
    [{ ALL_PROXY: "http://p.example", no_proxy: "10.0.0.0/8" }, "http://11.1.2.3/", "http://p.example/"],
    [{ ALL_PROXY: "http://p.example", no_proxy: "::1" }, "http://[::1]:80/", undefined],
    [{ ALL_PROXY: "http://p.example", no_proxy: "*" }, "http://a.example/", undefined],
    [
      { PIP_PROXY: "http://ann:pw@p.example", HTTPS_PROXY: "http://other.example" },
      "https://a.example/",
      "http://****:****@p.example/",
    ],
  ])("%j, %s -> %s", async (env, url, proxy) => {
    expect(await proxyOf(env, url)).toBe(proxy);
  });
});

describe("certificates", () => {
  const pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  const caOf = async (env: System["env"], files: Machine["files"] = {}): Promise<string | undefined> =>
    (await settings({ env, files })).index.routes.caPem;

  test.each(["VENVOY_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT"])(
    "%s names them",
    async (variable) => {
      expect(await caOf({ [variable]: "/ca.pem" }, { "/ca.pem": pem })).toBe(pem);
    },
  );

  test("a file that the runtime reads by itself is not read again", async () => {
    const env = { SSL_CERT_FILE: "/ca.pem", NODE_EXTRA_CA_CERTS: "/ca.pem" };
    expect(await caOf(env, { "/ca.pem": pem })).toBeUndefined();
  });

  test("directories count when there is no file", async () => {
    const files = { "/certs/0a1b2c3d.0": pem, "/certs/readme": "nothing" };
    expect(await caOf({ SSL_CERT_DIR: "/certs:/none" }, files)).toBe(pem);
  });

  test.each(["/none.pem", "/notes.txt"])(
    "a file that is missing or holds none is told and passed over: %s",
    async (file) => {
      const ports = await machine({ env: { SSL_CERT_FILE: file }, files: { "/notes.txt": "root:x:0:0\n" } });
      const loaded = await loadSettings(ports, { layout });
      expect(loaded.index.routes.caPem).toBeUndefined();
      expect(ports.reporter.events).toMatchObject([{ type: "notice", level: "warn", code: "CERTIFICATES_ABSENT" }]);
    },
  );
});

describe("netrc", () => {
  test("is read from its variable, or from the home directory", async () => {
    const text = "machine a.example login ann password secret\n";
    const home = await settings({ files: { "/home/ada/.netrc": text } });
    expect(home.index.netrc("A.example")).toEqual({ username: "ann", password: "secret" });
    expect(home.index.netrc("b.example")).toBeUndefined();
    const named = await settings({ env: { NETRC: "/n" }, files: { "/n": text, "/home/ada/.netrc": "" } });
    expect(named.index.netrc("a.example")?.username).toBe("ann");
  });

  test("its default entry serves the hosts of the indexes alone", async () => {
    const loaded = await settings({
      env: { PIP_INDEX_URL: "https://a.example/simple" },
      files: { "/home/ada/.netrc": "default login any password guest\n" },
    });
    expect(loaded.index.netrc("a.example")?.username).toBe("any");
    expect(loaded.index.netrc("files.example")).toBeUndefined();
  });

  test("comments, quotes, macros, lines and the default entry", () => {
    const netrc = parseNetrc(`# machine no.example login x password y
machine a.example
  login "ann smith"
  account ignored
  password #p"w\\ x
macdef init
  machine evil.example login e password e

machine b.example user bob password pw # trailing words
default login anybody password guest
machine late.example login l password l
`);
    expect(netrc.find("a.example")).toEqual({ username: "ann smith", password: '#p"w x' });
    expect(netrc.find("b.example")).toEqual({ username: "bob", password: "pw" });
    expect(netrc.find("evil.example")).toBeUndefined();
    expect(netrc.fallback).toEqual({ username: "anybody", password: "guest" });
    expect(netrc.find("late.example")).toEqual({ username: "l", password: "l" });
  });
});

describe("a wrong value", () => {
  test.each<[Machine, string, string]>([
    [{ env: { PIP_INDEX_URL: "ftp://a.example/" } }, "index-url", "`PIP_INDEX_URL`"],
    [{ env: { VENVOY_TIMEOUT: "soon" } }, "timeout", "`VENVOY_TIMEOUT`"],
    [{ env: { VENVOY_OFFLINE: "maybe" } }, "offline", "`VENVOY_OFFLINE`"],
    [{ env: { VENVOY_INDEX_STRATEGY: "best" } }, "index-strategy", "`VENVOY_INDEX_STRATEGY`"],
    [{ env: { HTTPS_PROXY: "ftp://p.example" } }, "https-proxy", "`HTTPS_PROXY`"],
    [{ files: { [config]: "retries = -1\n" } }, "retries", `\`${config}\``],
    [{ files: { [config]: "index = 3\n" } }, "index", `\`${config}\``],
    [{ files: { "/etc/pip.conf": "[global]\ntimeout = x\n" } }, "timeout", "`/etc/pip.conf` [global]"],
  ])("%j says the setting and the place", async (facts, key, from) => {
    await expect(settings(facts)).rejects.toMatchObject({ code: "CONFIG_INVALID", data: { key, from } });
  });

  test("never shows a password", async () => {
    const failed = settings({ env: { PIP_INDEX_URL: "ftp://ann:s3cret@a.example/" } });
    await expect(failed).rejects.toMatchObject({ message: expect.not.stringContaining("s3cret") });
  });

  test("a key that nobody knows comes with the nearest one", async () => {
    await expect(settings({ files: { [config]: 'index-ulr = "x"\n' } })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      hint: "Did you mean `index-url`",
    });
  });

  test("another tool's word for something that doesn't exist here is passed over", async () => {
    expect((await settings({ env: { UV_PRERELEASE: "if-necessary" } })).prerelease).toBeUndefined();
  });
});

test("explaining names the place of each value and no password", async () => {
  const loaded = await settings({
    env: { PIP_INDEX_URL: "https://ann:s3cret@a.example/simple", UV_INDEX: "x=https://bob:pw@b.example/" },
    files: { "/etc/pip.conf": "[global]\ntimeout = 180\n", [config]: 'compile = "now"\n' },
    options: { overrides: { offline: true } },
  });
  const rows = new Map(explainSettings(loaded).map((row) => [row.key, `${row.value} | ${row.from}`]));
  expect(rows.get("index-url")).toBe("https://****:****@a.example/simple | `PIP_INDEX_URL`");
  expect(rows.get("extra-index-url")).toBe("x=https://****:****@b.example/ | `UV_INDEX`");
  expect(rows.get("timeout")).toBe("180 | `/etc/pip.conf` [global]");
  expect(rows.get("compile")).toBe(`now | \`${config}\``);
  expect(rows.get("offline")).toBe("true | the command");
  expect(rows.get("retries")).toBe("3 | default");
  expect(loaded.index.timeoutMs).toBe(180_000);
  expect(JSON.stringify(loaded)).not.toMatch(/s3cret|bob:pw/);
});

test("every setting has a variable of venvoy's own, and no two rows share one", () => {
  const variables = settingsTable.map((row) => ownVariable(row.key));
  expect(new Set(variables).size).toBe(variables.length);
  expect(variables).toContain("VENVOY_EXTRA_INDEX_URL");
});
