export interface CodeSpec {
  /** The exit status of the command that ends with this error. */
  readonly exit: 1 | 2 | 3 | 70 | 125 | 130;
  /** One clause for the reference page. */
  readonly meaning: string;
}

/**
 * Every failure that a user can meet. A code is never reused or renamed. The prefix is the subject.
 * `docs/reference/errors.md` is generated from this table.
 */
export const errorCodes = {
  ABORTED: { exit: 130, meaning: "the operation was cancelled; nothing was changed" },
  ARCHIVE_INVALID: { exit: 1, meaning: "an archive is damaged or hostile, and was refused" },
  ARGUMENT_INVALID: { exit: 2, meaning: "a command was given a wrong argument" },
  BACKEND_UNFIT: { exit: 1, meaning: "nothing that is asked for is built for this machine's hardware or driver" },
  BUILD_FAILED: { exit: 1, meaning: "sources could not be built" },
  CALL_FAILED: { exit: 1, meaning: "a function that was called in another process raised an error" },
  CLAIM_UNKNOWN: { exit: 2, meaning: "a script asks for nothing in an environment" },
  CONFIG_INVALID: { exit: 2, meaning: "a settings file or variable can't be read" },
  DIGEST_INVALID: { exit: 1, meaning: "a digest is not written as one" },
  DIGEST_MISMATCH: { exit: 1, meaning: "bytes differ from the digest that was promised" },
  DISK_FULL: { exit: 1, meaning: "the disk or quota is full" },
  DISK_READ_ONLY: { exit: 1, meaning: "a directory can't be written" },
  DISK_UNTRUSTED: { exit: 1, meaning: "a shared directory could be changed by somebody who must not" },
  ENV_BROKEN: { exit: 1, meaning: "an environment can't be used as it is" },
  ENV_BUSY: { exit: 1, meaning: "another command is changing the environment" },
  ENV_EXISTS: { exit: 2, meaning: "an environment has that name already" },
  ENV_NAME_INVALID: { exit: 2, meaning: "a name can't be used for an environment" },
  ENV_PROTECTED: { exit: 1, meaning: "the environment is protected against changes" },
  ENV_UNKNOWN: { exit: 2, meaning: "no environment has that name" },
  FILE_EXISTS: { exit: 2, meaning: "a file is there already, and would be overwritten" },
  FILE_UNREADABLE: { exit: 1, meaning: "a file can't be read" },
  GIT_FAILED: { exit: 1, meaning: "git could not fetch sources" },
  GROUP_INVALID: { exit: 2, meaning: "a dependency group is not written as PEP 735 says" },
  GROUP_UNKNOWN: { exit: 2, meaning: "no dependency group has that name" },
  HEADER_INVALID: { exit: 2, meaning: "a script's header can't be understood" },
  HISTORY_END: { exit: 1, meaning: "there is no older version to go back to" },
  HOST_EXISTS: { exit: 2, meaning: "a host has that name already" },
  HOST_INVALID: { exit: 2, meaning: "what is known of a host can't be used" },
  HOST_UNKNOWN: { exit: 2, meaning: "no host has that name" },
  IMPORT_INCOMPLETE: { exit: 1, meaning: "packages of an environment that is imported can't be had" },
  IMPORT_UNKNOWN: { exit: 2, meaning: "a file or directory holds nothing that can be imported" },
  INDEX_CREDENTIALS: { exit: 1, meaning: "an index asks for credentials or refuses the ones given" },
  INDEX_INVALID: { exit: 1, meaning: "an index answered with something that is not an index page" },
  INDEX_UNREACHABLE: { exit: 1, meaning: "an index can't be reached" },
  INPUT_NEEDED: { exit: 2, meaning: "a question can't be asked because there is no terminal" },
  KERNEL_UNKNOWN: { exit: 2, meaning: "no kernel of Jupyter belongs to that environment" },
  LANE_CRASHED: { exit: 1, meaning: "the process that ran a script ended by itself" },
  LANE_MEMORY: { exit: 1, meaning: "the process that ran a script grew past its limit" },
  LANE_PROTOCOL: { exit: 1, meaning: "a script wrote into the channel between its process and the session" },
  LANE_UNKNOWN: { exit: 2, meaning: "a session has no process of that name" },
  LOCK_INVALID: { exit: 1, meaning: "a lock file can't be used" },
  MARKER_INVALID: { exit: 2, meaning: "an environment marker is not written as PEP 508 says" },
  METADATA_INVALID: { exit: 1, meaning: "a package's metadata can't be used" },
  MODULE_UNKNOWN: { exit: 3, meaning: "nothing in the environment provides that module" },
  OFFLINE_MISSING: {
    exit: 1,
    meaning: "something is needed that is not on this machine, and the network may not be used",
  },
  PACKAGE_BLOCKED: { exit: 1, meaning: "a package can't be installed as it is" },
  PACKAGE_NOT_INSTALLED: { exit: 2, meaning: "a package is not in the environment" },
  PACKAGE_UNKNOWN: { exit: 1, meaning: "no index has a package of that name" },
  PROGRAM_NOT_STARTED: { exit: 125, meaning: "a program could not be started" },
  PYTHON_BROKEN: { exit: 1, meaning: "a Python can't be started or asked" },
  PYTHON_GONE: { exit: 1, meaning: "the Python that an environment stands on is gone" },
  PYTHON_NOT_FOUND: { exit: 1, meaning: "no Python on this machine fits the request" },
  PYTHON_REQUEST_INVALID: { exit: 2, meaning: "a request for a Python is not understood" },
  PYTHON_UNSUPPORTED: { exit: 1, meaning: "environments are not made for that version of Python" },
  REQUIREMENT_INVALID: { exit: 2, meaning: "a requirement is not written as PEP 508 says" },
  RESOLUTION_IMPOSSIBLE: { exit: 1, meaning: "no set of versions satisfies all requirements" },
  RUN_FROZEN: { exit: 1, meaning: "a run would have to change an environment that it must leave alone" },
  SCRIPT_NOT_FOUND: { exit: 125, meaning: "the script to run does not exist" },
  SESSION_CLOSED: { exit: 1, meaning: "a session is closed" },
  SHELL_NOT_SET_UP: {
    exit: 1,
    meaning: "a command works in a shell that has loaded venvoy's hook, and this one has not",
  },
  SOURCE_INVALID: { exit: 1, meaning: "sources can't be built as they are" },
  SPECIFIER_INVALID: { exit: 2, meaning: "a version specifier is not written as PEP 440 says" },
  STORE_DAMAGED: { exit: 1, meaning: "stored files differ from what was unpacked" },
  VALUE_UNSUPPORTED: { exit: 1, meaning: "a value can't be handed from one process to another" },
  VERSION_INVALID: { exit: 2, meaning: "a version is not written as PEP 440 says" },
  WHEEL_INVALID: { exit: 1, meaning: "a wheel is damaged or hostile, and was refused" },
  WHEEL_UNFIT: { exit: 1, meaning: "a wheel is for another Python or machine" },
} as const satisfies Record<string, CodeSpec>;

export type ErrorCode = keyof typeof errorCodes;
