/** What a build log tells: the lines worth showing, and what this machine lacks. */
export interface LogReading {
  readonly lines: readonly string[];
  readonly advice: string | undefined;
}

const mostLines = 12;

/** The end of a log is often a traceback of the build tool; what went wrong stands above it. */
const telling =
  /(?:^|[\s:])(?:fatal )?error\b[:\s]|: error:|Error: |not found|No such file|undefined reference|cannot find -l|command '[^']+' failed|Could NOT find/i;
const noise = /^\s*(?:\^+|\|)\s*$|^Traceback|^\s+File "|^\s*$|^error: subprocess-exited/;

export function readLog(text: string): LogReading {
  const all = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const told = all.filter((line) => telling.test(line) && !noise.test(line));
  const tail = all.slice(-mostLines);
  const last = all.slice(-2).filter((line) => !/^[\s^~]+$/.test(line));
  const lines = told.length === 0 ? tail : [...new Set([...told.slice(0, mostLines - 2), ...last])];
  return { lines: lines.slice(0, mostLines).map((line) => line.slice(0, 300)), advice: adviceOf(text) };
}

/** Each with the words of the tools that say it. */
const lacks: readonly (readonly [RegExp, (found: RegExpExecArray) => string])[] = [
  [
    /fatal error: (Python\.h): No such file/,
    () =>
      "the headers of Python are missing: install them (python3-dev, python3-devel), or take a Python that has them",
  ],
  [
    /fatal error: ([\w./+-]+\.h(?:pp)?): No such file/,
    ([, header]) => `the C header \`${header}\` is missing: install the development package that has it`,
  ],
  [
    /cannot find -l(\S+?):? /,
    ([, library]) => `the library \`${library}\` is missing: install its development package`,
  ],
  [
    /(?:unable to execute|command) '(?:[^']*\/)?((?:x86_64-linux-gnu-)?(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+))'(?: failed)?:? (?:No such file|\[Errno 2\])/,
    ([, compiler]) => `the compiler \`${compiler}\` is missing: install a C compiler (gcc, build-essential)`,
  ],
  [
    /(gcc|g\+\+|cc|clang): (?:command )?not found/,
    ([, compiler]) => `the compiler \`${compiler}\` is missing: install a C compiler (gcc, build-essential)`,
  ],
  [
    /Unknown compiler\(s\): \[\['([^']+)'/,
    ([, compiler]) => `the compiler \`${compiler}\` is missing: install a C compiler (gcc, build-essential)`,
  ],
  [
    /(?:error: can't find Rust compiler|Cargo, the Rust package manager, is not installed|rustc, the rust compiler, is not installed)/i,
    () => "the Rust compiler is missing: install rustc and cargo",
  ],
  [
    /(?:Could not find|Unable to find|No) (?:a )?[Ff]ortran compiler/,
    () => "a Fortran compiler is missing: install gfortran",
  ],
  [
    /CMake (?:must be installed|executable not found)|cmake: (?:command )?not found/i,
    () => "CMake is missing: install cmake",
  ],
  [/(pkg-config|pkgconf)[^\n]{0,40}(?:not found|No such file)/i, () => "pkg-config is missing: install pkg-config"],
  [
    /Package '?([\w.+-]+)'?,? (?:required by [^\n]+, )?(?:was )?not found/,
    ([, library]) => `the library \`${library}\` is missing: install its development package`,
  ],
  [
    /ModuleNotFoundError: No module named '(distutils|imp)[\w.]*'/,
    ([, module]) => `it was made for an older Python, which had the module \`${module}\``,
  ],
  [
    /ModuleNotFoundError: No module named 'pkg_resources'/,
    () =>
      "it was made for an older setuptools, which had the module `pkg_resources`: write `setuptools<81` into a file, and add --build-constraint FILE",
  ],
  [
    /ModuleNotFoundError: No module named '([\w.]+)'/,
    ([, module]) =>
      `its build needs the module \`${module}\` and doesn't say so: --no-build-isolation builds it in an environment that has it`,
  ],
  [
    /(?:Temporary failure in name resolution|Network is unreachable|Name or service not known)/,
    () => "its build wants the network, which builds don't get: --build-network gives it",
  ],
];

function adviceOf(text: string): string | undefined {
  for (const [pattern, words] of lacks) {
    const found = pattern.exec(text);
    if (found !== null) return words(found);
  }
  return undefined;
}
