import { describe, expect, test } from "vitest";
import { absPath } from "../../src/base/index.ts";
import { dataLayout } from "../../src/disk/index.ts";
import type { System } from "../../src/ports/index.ts";
import { fakeSystem } from "../kit/memory-ports.ts";

function places(os: System["os"], env: System["env"] = {}, cwd = "/proj") {
  const { data, cache, config } = dataLayout(fakeSystem(os, { env, cwd: absPath(cwd) }));
  return { data, cache, config };
}

describe("where things lie by default", () => {
  test("Linux: below the home directory, as XDG says", () => {
    expect(places("linux")).toEqual({
      data: "/home/ada/.local/share/venvoy",
      cache: "/home/ada/.cache/venvoy",
      config: "/home/ada/.config/venvoy",
    });
  });

  test("macOS: in Library", () => {
    expect(places("macos", { XDG_DATA_HOME: "/elsewhere" })).toEqual({
      data: "/Users/ada/Library/Application Support/venvoy",
      cache: "/Users/ada/Library/Caches/venvoy",
      config: "/Users/ada/Library/Application Support/venvoy/config",
    });
  });

  test("Windows: local, and the settings in the roaming profile", () => {
    expect(places("windows", { LOCALAPPDATA: "D:\\Local", APPDATA: "D:\\Roaming" })).toEqual({
      data: "D:\\Local\\venvoy\\data",
      cache: "D:\\Local\\venvoy\\cache",
      config: "D:\\Roaming\\venvoy",
    });
    expect(places("windows").data).toBe("C:\\Users\\ada\\AppData\\Local\\venvoy\\data");
  });
});

test("XDG variables move them; relative ones are ignored", () => {
  const env = { XDG_DATA_HOME: "/big/data/", XDG_CACHE_HOME: "cache", XDG_CONFIG_HOME: "" };
  expect(places("linux", env)).toEqual({
    data: "/big/data/venvoy",
    cache: "/home/ada/.cache/venvoy",
    config: "/home/ada/.config/venvoy",
  });
});

test("VENVOY_HOME moves everything, also from where we are", () => {
  const moved = { data: "/big/v", cache: "/big/v/cache", config: "/big/v/config" };
  expect(places("linux", { VENVOY_HOME: "/big/v", XDG_DATA_HOME: "/x" })).toEqual(moved);
  expect(places("macos", { VENVOY_HOME: "../big/v" }, "/proj")).toEqual(moved);
  expect(places("linux", { VENVOY_HOME: "" }).data).toBe("/home/ada/.local/share/venvoy");
  expect(dataLayout(fakeSystem("windows", { env: { VENVOY_HOME: "E:/v" } })).wheels).toBe("E:\\v\\store\\wheel");
});

test("what must be one disk lies below one root", () => {
  const layout = dataLayout(fakeSystem("linux"));
  const { data, cache, config, ...below } = layout;
  for (const path of Object.values(below))
    expect(path.startsWith(`${data}/`) || path.startsWith(`${cache}/`)).toBe(true);
  expect(layout.stage.startsWith(`${data}/`)).toBe(true);
});
