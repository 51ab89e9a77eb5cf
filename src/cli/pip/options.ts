/** The options of pip's commands: what each means here, or why it can't be honoured. */

export type PipOption =
  | { readonly key: string; readonly value: boolean }
  /** Concerns pip's own workings: accepted, and without effect. */
  | { readonly value: boolean; readonly idle: true }
  /** One clause, and what to type in its place. */
  | { readonly value: boolean; readonly why: string; readonly hint: string };

export type PipOptions = Readonly<Record<string, PipOption>>;

const flag = (key: string): PipOption => ({ key, value: false });
const value = (key: string): PipOption => ({ key, value: true });
const idle: PipOption = { value: false, idle: true };
const idleValue: PipOption = { value: true, idle: true };
const refused = (why: string, hint: string, takesValue = false): PipOption => ({ value: takesValue, why, hint });

/** pip's general options; every command takes them. */
const general: PipOptions = {
  "-h": flag("help"),
  "--help": flag("help"),
  "-q": flag("quiet"),
  "--quiet": flag("quiet"),
  "-v": flag("verbose"),
  "--verbose": flag("verbose"),
  "-n": value("name"),
  "--name": value("name"),
  "--debug": idle,
  "--isolated": idle,
  "--require-virtualenv": idle,
  "--no-input": flag("yes"),
  "--disable-pip-version-check": idle,
  "--no-python-version-warning": idle,
  "--no-color": idle,
  "--no-cache-dir": flag("refresh"),
  "--cache-dir": idleValue,
  "--log": idleValue,
  "--log-file": idleValue,
  "--local-log": idleValue,
  "--keyring-provider": idleValue,
  "--retries": idleValue,
  "--timeout": idleValue,
  "--default-timeout": idleValue,
  "--exists-action": idleValue,
  "--use-feature": idleValue,
  "--use-deprecated": idleValue,
  "--resume-retries": idleValue,
  "--python": refused("an environment has one Python", "venvoy pip -n NAME … works on another environment", true),
  "--proxy": refused("proxies are taken from the variables", "HTTPS_PROXY=… venvoy pip …", true),
  "--cert": refused("certificates are taken from the variables", "SSL_CERT_FILE=… venvoy pip …", true),
  "--client-cert": refused("it is not supported", "put the index behind a credential", true),
  "--trusted-host": refused("it would take files from anybody", "SSL_CERT_FILE=… names the index's certificate", true),
};

const indexes: PipOptions = {
  "-i": value("index"),
  "--index-url": value("index"),
  "--pypi-url": value("index"),
  "--extra-index-url": value("extra"),
  "--no-index": flag("no-index"),
  "-f": value("find-links"),
  "--find-links": value("find-links"),
  "--pre": flag("pre"),
};

const resolving: PipOptions = {
  ...indexes,
  "-r": value("file"),
  "--requirement": value("file"),
  "-c": value("constraint"),
  "--constraint": value("constraint"),
  "-e": value("editable"),
  "--editable": value("editable"),
  "--no-binary": value("no-binary"),
  "--only-binary": value("only-binary"),
  "--prefer-binary": idle,
  "--require-hashes": flag("require-hashes"),
  "--no-build-isolation": flag("no-build-isolation"),
  "--build-constraint": value("build-constraint"),
  "-C": value("config-settings"),
  "--config-setting": value("config-settings"),
  "--config-settings": value("config-settings"),
  "--progress-bar": idleValue,
  "--use-pep517": idle,
  "--no-clean": idle,
  "--check-build-dependencies": idle,
  "--src": idleValue,
  "--source": idleValue,
  "--group": value("group"),
  "--no-use-pep517": refused("every source is built by its build backend", "leave it out"),
  "--ignore-requires-python": refused(
    "a package that refuses this Python would not run",
    "--override FILE of venvoy add",
  ),
  "--global-option": refused("build backends have no such option", "-C KEY=VALUE", true),
};

const elsewhere = "packages go into an environment, never beside one";

const install: PipOptions = {
  ...resolving,
  "-U": flag("upgrade"),
  "--upgrade": flag("upgrade"),
  "--upgrade-strategy": value("strategy"),
  "--force-reinstall": flag("reinstall"),
  "-I": flag("reinstall"),
  "--ignore-installed": flag("reinstall"),
  "--dry-run": flag("dry-run"),
  "-y": flag("yes"),
  "--yes": flag("yes"),
  "--compile": flag("compile"),
  "--no-compile": flag("no-compile"),
  "--no-warn-script-location": idle,
  "--warn-script-location": idle,
  "--no-warn-conflicts": idle,
  "--break-system-packages": idle,
  "--root-user-action": idleValue,
  "--no-deps": refused("an environment always holds what its packages need", "venvoy sync FILE takes a lock as it is"),
  "--user": refused(elsewhere, "venvoy create NAME, then venvoy pip -n NAME install …"),
  "-t": refused(elsewhere, "venvoy create ./DIR …", true),
  "--target": refused(elsewhere, "venvoy create ./DIR …", true),
  "--prefix": refused(elsewhere, "venvoy create ./DIR …", true),
  "--root": refused(elsewhere, "venvoy create ./DIR …", true),
  "--platform": refused("an environment is for this machine", "leave it out", true),
  "--python-version": refused("an environment has one Python", "venvoy create NAME --python X", true),
  "--implementation": refused("an environment has one Python", "venvoy create NAME --python X", true),
  "--abi": refused("an environment has one Python", "venvoy create NAME --python X", true),
  "--report": refused("there is no report in pip's form", "venvoy --json add … prints ours", true),
};

const filters: PipOptions = {
  "-l": flag("local"),
  "--local": flag("local"),
  "--exclude": value("exclude"),
  "--exclude-editable": flag("no-editable"),
  "--user": refused("an environment has no user packages", "leave it out"),
  "--path": refused("it lists an environment, not a directory", "venvoy import DIR takes one over", true),
};

const otherMachine = "files are for the environment's own Python";

/** By the words of the command. */
export const pipCommands: Readonly<Record<string, PipOptions>> = {
  install: { ...general, ...install },
  uninstall: {
    ...general,
    "-r": value("file"),
    "--requirement": value("file"),
    "-y": flag("yes"),
    "--yes": flag("yes"),
    "--root-user-action": idleValue,
    "--break-system-packages": idle,
  },
  list: {
    ...general,
    ...indexes,
    ...filters,
    "-f": value("find-links"),
    "-e": flag("only-editable"),
    "--editable": flag("only-editable"),
    "--include-editable": idle,
    "-o": flag("outdated"),
    "--outdated": flag("outdated"),
    "-u": flag("uptodate"),
    "--uptodate": flag("uptodate"),
    "--not-required": flag("not-required"),
    "--format": value("format"),
  },
  freeze: { ...general, ...filters, "-r": value("file"), "--requirement": value("file"), "--all": flag("all") },
  show: { ...general, "-f": flag("files"), "--files": flag("files") },
  check: general,
  download: {
    ...general,
    ...resolving,
    "-d": value("dest"),
    "--dest": value("dest"),
    "--destination-dir": value("dest"),
    "--destination-directory": value("dest"),
    "--no-deps": flag("only-asked"),
    "--platform": refused(otherMachine, "venvoy fetch --target … brings files for others", true),
    "--python-version": refused(otherMachine, "venvoy fetch --target … brings files for others", true),
    "--implementation": refused(otherMachine, "venvoy fetch --target … brings files for others", true),
    "--abi": refused(otherMachine, "venvoy fetch --target … brings files for others", true),
  },
  "index versions": { ...general, ...indexes, "--json": flag("json"), "--only-binary": value("only-binary") },
};
