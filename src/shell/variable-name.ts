/** What keeps a name from being an environment's variable; a clause that ends the sentence. */
export function variableRefusal(name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    return "a variable is letters, digits and `_`, and doesn't begin with a digit";
  if (/^_?(VENVOY_|OLD_VENVOY|_?OLD_VIRTUAL_)/i.test(name) || /^_venvoy/i.test(name))
    return "venvoy keeps it for itself";
  const why = refused.get(name.toUpperCase());
  return why === undefined ? undefined : why;
}

/** What somebody should know who sets it all the same. */
export function variableWarning(name: string): string | undefined {
  return warned.get(name.toUpperCase());
}

const activation = "activation sets it";
const python = "Python would not find its own library";
const shell = "it is the shell's own";

/** Case is no matter: Windows folds it, and zsh and csh keep lists under the lower-case names. */
const refused: ReadonlyMap<string, string> = new Map([
  ...["PATH", "VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "CONDA_PREFIX", "CONDA_DEFAULT_ENV"].map(
    (name) => [name, activation] as const,
  ),
  ...["PYTHONHOME", "PYTHONEXECUTABLE", "__PYVENV_LAUNCHER__"].map((name) => [name, python] as const),
  ...[
    ..."_ ARGV BASHOPTS BASHPID BASH_ENV BASH_SOURCE BASH_VERSINFO BASH_VERSION CDPATH COLUMNS CWD DIRSTACK".split(" "),
    ..."EGID ENV ERRNO EUID FPATH FUNCNAME GID GROUPS HISTCMD HISTORY IFS KSH_VERSION LINENO LINES MAILPATH".split(" "),
    ..."MANPATH MODULE_PATH OLDPWD OPTARG OPTIND OPTIONS PIPESTATUS PPID PROMPT PROMPT2 PROMPT3 PROMPT4".split(" "),
    ..."PROMPT_COMMAND PS1 PS2 PS3 PS4 PSVAR PWD RANDOM REPLY RPROMPT RPS1 SECONDS SHELL SHELLOPTS SHLVL".split(" "),
    ..."STATUS TTYIDLE UID USERNAME WATCH ZDOTDIR ZSH_VERSION FISH_PID FISH_VERSION ALIASES COMMANDS".split(" "),
    ..."FUNCTIONS PARAMETERS NAMEREFS".split(" "),
  ].map((name) => [name, shell] as const),
]);

const warned: ReadonlyMap<string, string> = new Map([
  ["PYTHONPATH", "what lies there hides the environment's own packages"],
  ["HOME", "every program started from the shell looks there for its settings"],
  ["LD_LIBRARY_PATH", "it is read by every program, not only by Python"],
  ["LD_PRELOAD", "it is read by every program, not only by Python"],
  ["DYLD_LIBRARY_PATH", "it is read by every program, not only by Python"],
]);
