/** How the text of a value is read. */
export type ValueKind = "url" | "urls" | "switch" | "count" | "seconds" | "choice" | "text" | "path" | "words";

export interface SettingRow {
  /** The key in `config.toml`; `VENVOY_` and the key in capitals is the variable. */
  readonly key: string;
  readonly kind: ValueKind;
  /** One clause for the reference page. */
  readonly meaning: string;
  /** What holds when nobody says anything, in words. */
  readonly fallback: string;
  readonly choices?: readonly string[];
  /** Variables of other tools and of the system, the most important first. */
  readonly variables: readonly string[];
  /** pip's option: `PIP_…` and the key in pip's configuration files. */
  readonly pip?: readonly string[];
}

/**
 * Every setting, once. A value is looked for in this order: the command's own arguments, `VENVOY_…`, `config.toml`, the
 * variables of other tools in the order of the row, pip's variables, pip's configuration files. `docs/reference/settings.md`
 * is generated from this table.
 */
export const settingsTable = [
  {
    key: "index-url",
    kind: "url",
    meaning: "the package index that is asked last",
    fallback: "the public Python package index",
    variables: ["UV_DEFAULT_INDEX", "UV_INDEX_URL"],
    pip: ["index-url"],
  },
  {
    key: "extra-index-url",
    kind: "urls",
    meaning: "further indexes, asked before `index-url`; `NAME=ADDRESS` gives one a name",
    fallback: "none",
    variables: ["UV_INDEX", "UV_EXTRA_INDEX_URL"],
    pip: ["extra-index-url"],
  },
  {
    key: "no-index",
    kind: "switch",
    meaning: "ask no index at all, only `find-links`",
    fallback: "off",
    variables: ["UV_NO_INDEX"],
    pip: ["no-index"],
  },
  {
    key: "find-links",
    kind: "urls",
    meaning: "directories and pages whose files are offered besides the indexes",
    fallback: "none",
    variables: ["UV_FIND_LINKS"],
    pip: ["find-links"],
  },
  {
    key: "index-strategy",
    kind: "choice",
    choices: ["first-index", "unsafe-first-match", "unsafe-best-match"],
    meaning: "which index may provide a package that several have",
    fallback: "first-index",
    variables: ["UV_INDEX_STRATEGY"],
  },
  {
    key: "offline",
    kind: "switch",
    meaning: "use what this machine has and never the network",
    fallback: "off",
    variables: ["UV_OFFLINE"],
  },
  {
    key: "timeout",
    kind: "seconds",
    meaning: "time without progress before a request is given up",
    fallback: "30 s",
    variables: ["UV_HTTP_TIMEOUT", "UV_REQUEST_TIMEOUT", "HTTP_TIMEOUT"],
    pip: ["timeout", "default-timeout"],
  },
  {
    key: "retries",
    kind: "count",
    meaning: "attempts after the first one",
    fallback: "3",
    variables: ["UV_HTTP_RETRIES"],
    pip: ["retries"],
  },
  {
    key: "requests-per-host",
    kind: "count",
    meaning: "requests to one host at a time",
    fallback: "50",
    variables: ["UV_CONCURRENT_DOWNLOADS"],
  },
  {
    key: "trusted-host",
    kind: "words",
    meaning: "hosts (`host` or `host:port`) whose certificates are not checked",
    fallback: "none",
    variables: ["UV_INSECURE_HOST"],
    pip: ["trusted-host"],
  },
  {
    key: "cert",
    kind: "path",
    meaning: "certificates (PEM) that are believed besides the built-in ones",
    fallback: "none",
    variables: ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"],
    pip: ["cert"],
  },
  {
    key: "cert-dir",
    kind: "path",
    meaning: "directories of certificates, read when `cert` is not set",
    fallback: "none",
    variables: ["SSL_CERT_DIR"],
  },
  {
    key: "proxy",
    kind: "text",
    meaning: "the proxy for all addresses",
    fallback: "by scheme, from the three settings below",
    variables: [],
    pip: ["proxy"],
  },
  {
    key: "http-proxy",
    kind: "text",
    meaning: "the proxy for `http` addresses",
    fallback: "none",
    variables: ["http_proxy", "HTTP_PROXY"],
  },
  {
    key: "https-proxy",
    kind: "text",
    meaning: "the proxy for `https` addresses",
    fallback: "none",
    variables: ["https_proxy", "HTTPS_PROXY"],
  },
  {
    key: "all-proxy",
    kind: "text",
    meaning: "the proxy for addresses that no other setting names one for",
    fallback: "none",
    variables: ["all_proxy", "ALL_PROXY"],
  },
  {
    key: "no-proxy",
    kind: "text",
    meaning: "hosts, domains and networks that are reached without a proxy, separated by commas",
    fallback: "none",
    variables: ["no_proxy", "NO_PROXY"],
  },
  {
    key: "netrc",
    kind: "path",
    meaning: "the file with user names and passwords by host",
    fallback: "`~/.netrc`, else `~/_netrc`",
    variables: ["NETRC"],
  },
  {
    key: "keyring",
    kind: "switch",
    meaning: "ask the `keyring` program when an index refuses",
    fallback: "off",
    variables: ["UV_KEYRING_PROVIDER"],
    pip: ["keyring-provider"],
  },
  {
    key: "backend",
    kind: "text",
    meaning:
      "the build for this machine's hardware of packages that have several: `auto`, `cpu`, `cu126`, `rocm6.4`, `xpu` …",
    fallback: "what the index offers",
    variables: ["UV_TORCH_BACKEND"],
  },
  {
    key: "backend-index",
    kind: "url",
    meaning: "where the indexes of backends are, each in a directory of its name",
    fallback: "PyTorch's",
    variables: [],
  },
  {
    key: "python-mirror",
    kind: "url",
    meaning: "where `python install` finds releases of Python: a directory or address with their `SHA256SUMS`",
    fallback: "the latest release of python-build-standalone",
    variables: [],
  },
  {
    key: "cuda-driver",
    kind: "text",
    meaning: "the NVIDIA driver that `auto` goes by, in place of this machine's",
    fallback: "what is found here",
    variables: ["UV_CUDA_DRIVER_VERSION"],
  },
  {
    key: "amd-gpu",
    kind: "text",
    meaning: "the AMD processor (`gfx1100`) that `auto` goes by, in place of this machine's",
    fallback: "what is found here",
    variables: ["UV_AMD_GPU_ARCHITECTURE"],
  },
  {
    key: "link-mode",
    kind: "choice",
    choices: ["hardlink", "reflink", "copy"],
    meaning: "how files come from the store into an environment",
    fallback: "the fastest that the disks allow",
    variables: [],
  },
  {
    key: "compile",
    kind: "choice",
    choices: ["now", "later", "never"],
    meaning: "when bytecode is made",
    fallback: "later",
    variables: [],
  },
  {
    key: "tidy",
    kind: "choice",
    choices: ["later", "never"],
    meaning: "whether old versions and temporary environments go by themselves, behind an answer",
    fallback: "later",
    variables: [],
  },
  {
    key: "prerelease",
    kind: "choice",
    choices: ["if-necessary-or-explicit", "allow", "disallow"],
    meaning: "whether versions before a release are taken",
    fallback: "if-necessary-or-explicit",
    variables: ["UV_PRERELEASE"],
  },
  {
    key: "resolution",
    kind: "choice",
    choices: ["highest", "lowest", "lowest-direct"],
    meaning: "which versions are preferred",
    fallback: "highest",
    variables: ["UV_RESOLUTION"],
  },
  {
    key: "exclude-newer",
    kind: "text",
    meaning: "ignore files that are younger: a date, a time, or a span back from now (`3d`)",
    fallback: "nothing is ignored",
    variables: ["UV_EXCLUDE_NEWER"],
    pip: ["uploaded-prior-to"],
  },
  {
    key: "advisories",
    kind: "url",
    meaning:
      "records of known faults in the OSV format: a directory, a `.json` or `.zip` file, or its address; what repairs one may be younger than `exclude-newer`",
    fallback: "the JSON pages of an index that serves them",
    variables: [],
  },
] as const satisfies readonly SettingRow[];

export type SettingKey = (typeof settingsTable)[number]["key"];

/** Variables that other rooms read; listed here so that the reference is whole. */
export const otherVariables: readonly { readonly name: string; readonly meaning: string }[] = [
  { name: "VENVOY_HOME", meaning: "one directory for everything that venvoy keeps, instead of the platform's places" },
  { name: "PIP_CONFIG_FILE", meaning: "a further configuration file of pip; the null device means: read none of them" },
  { name: "UV_INDEX_<NAME>_USERNAME", meaning: "the user name for the index of that name" },
  { name: "UV_INDEX_<NAME>_PASSWORD", meaning: "the password for the index of that name" },
  { name: "NODE_EXTRA_CA_CERTS", meaning: "certificates (PEM) that the runtime itself believes besides its own" },
];

/** The variable of venvoy's own for a setting. */
export function ownVariable(key: string): string {
  return `VENVOY_${key.toUpperCase().replaceAll("-", "_")}`;
}

/** pip's variables for an option of the row. */
export function pipVariables(row: SettingRow): readonly string[] {
  return (row.pip ?? []).map((option) => `PIP_${option.toUpperCase().replaceAll("-", "_")}`);
}
