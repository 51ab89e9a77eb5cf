/** Other tools' environments and files, in and out. Uses the registry, pip's newest version, virtualenv and uv. */
import { expect, test } from "vitest";
import { person } from "../kit/binary.ts";

test("pip installs our lock, and what pip, virtualenv and uv installed comes back as it was", {
  timeout: 600_000,
}, async () => {
  using ann = person();
  const python = async (root: string, ...words: string[]) => {
    const ended = await ann.run(`${ann.home}/${root}/bin/python`, words);
    expect(ended, words.join(" ")).toMatchObject({ exit: 0 });
    return ended.out;
  };
  expect(await ann.run("python3", ["-m", "venv", "tools"])).toMatchObject({ exit: 0 });
  await python("tools", "-m", "pip", "install", "-q", "-U", "pip", "virtualenv", "uv");

  expect(await ann.venvoy("create", "demo", "httpx", "rich<14")).toMatchObject({ exit: 0 });
  expect(await ann.venvoy("export", "demo", "-o", "pylock.toml")).toMatchObject({ exit: 0 });
  const frozen = (await ann.venvoy("export", "demo", "--as", "pip-freeze")).out;
  expect(frozen).toContain("httpx==");
  await python("tools", "-m", "venv", `${ann.home}/lib/locked`);
  await python("lib/locked", "-m", "pip", "install", "-q", "-U", "pip");
  // Newer than the lock format: pip reads pylock.toml by itself since 26.
  await python("lib/locked", "-m", "pip", "install", "-q", "-r", "pylock.toml");
  expect(await python("lib/locked", "-m", "pip", "freeze")).toBe(frozen);

  await python("tools", "-m", "virtualenv", "-q", `${ann.home}/lib/virtual`);
  await python("lib/virtual", "-m", "pip", "install", "-q", "attrs==24.1.0", "flask");
  await python("tools", "-m", "uv", "venv", "-q", `${ann.home}/lib/quick`);
  const quick = `${ann.home}/lib/quick/bin/python`;
  await python("tools", "-m", "uv", "pip", "install", "-q", "--python", quick, "requests<2.32", "idna==3.6");
  const uvFrozen = await python("tools", "-m", "uv", "pip", "freeze", "--python", quick);
  const virtualFrozen = await python("lib/virtual", "-m", "pip", "freeze");

  const said = await ann.venvoy("import", "lib", "--json");
  expect(said).toMatchObject({ exit: 0 });
  const { imported } = JSON.parse(said.out) as { imported: readonly { name: string; kind: string }[] };
  expect(imported.map(({ name, kind }) => [name, kind])).toEqual([
    ["locked", "venv"],
    ["quick", "uv"],
    ["virtual", "virtualenv"],
  ]);
  const freeze = async (name: string) => (await ann.venvoy("export", name, "--as", "pip-freeze")).out;
  expect(await freeze("locked")).toBe(frozen);
  expect(await freeze("virtual")).toBe(virtualFrozen);
  expect((await freeze("quick")).toLowerCase()).toBe(uvFrozen.toLowerCase());
  const { askedFor } = JSON.parse((await ann.venvoy("show", "quick", "--json")).out) as {
    askedFor: readonly { text: string }[];
  };
  expect(askedFor.map(({ text }) => text)).toEqual(["requests"]);
});
