import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { keyringSecrets, nodeProc } from "../../src/node/index.ts";
import type { Secrets } from "../../src/ports/index.ts";
import { tempDir } from "../kit/temp.ts";

/** Secrets of a machine whose `keyring` is this shell script. */
function withKeyring(script: string | undefined): Secrets {
  const directory = tempDir("keyring");
  if (script !== undefined) {
    writeFileSync(join(directory, "keyring"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(directory, "keyring"), 0o755);
  }
  return keyringSecrets(nodeProc(), { env: { PATH: `${directory}:/usr/bin:/bin` } });
}

const service = "https://index.example/simple";

test("the password of a user that is known", async () => {
  const secrets = withKeyring(`[ "$*" = "get ${service} ada" ] && printf 'pass word\\n'`);
  expect(await secrets.find(service, "ada")).toEqual({ username: "ada", password: "pass word" });
});

test("user and password together, where only the service is known", async () => {
  const secrets = withKeyring(`[ "$1" = --mode ] && echo '{"username": "ada", "password": "p\\u00e4ss"}'`);
  expect(await secrets.find(service, undefined)).toEqual({ username: "ada", password: "päss" });
});

test.each([
  ["no entry", "exit 1"],
  ["no such option in an old keyring", "echo usage: keyring; exit 0"],
  ["a broken one", "echo Traceback >&2; exit 1"],
  ["no keyring", undefined],
])("%s is no answer and no failure", async (_name, script) => {
  expect(await withKeyring(script).find(service, undefined)).toBeUndefined();
  if (script !== undefined && !script.startsWith("echo usage")) {
    expect(await withKeyring(script).find(service, "ada")).toBeUndefined();
  }
});
