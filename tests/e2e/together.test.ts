/** Several commands at once, as real processes over one data directory. The index is local and counts. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Ended, type Person, person } from "../kit/binary.ts";
import { IndexServer } from "../kit/index-server.ts";
import { wheel, wheelFilename } from "../kit/wheel.ts";

const files = Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`part_${i}.py`, `VALUE = ${i}\n`.repeat(50)]));
const parts = {
  web: { requires: ["idna", "attrs"], files: { "web/__init__.py": "" } },
  idna: { files: { "idna/__init__.py": "" } },
  attrs: { files: Object.fromEntries(Object.entries(files).map(([name, text]) => [`attrs/${name}`, text])) },
};

async function withIndex(body: (ann: Person, index: IndexServer) => Promise<void>): Promise<void> {
  await using index = await IndexServer.start(
    Object.fromEntries(
      Object.entries(parts).map(([name, part]) => [
        name,
        [{ filename: wheelFilename(name, "1.0", {}), content: wheel(name, "1.0", part) }],
      ]),
    ),
  );
  using ann = person({ PIP_CONFIG_FILE: "/dev/null", PIP_INDEX_URL: index.url.reveal(), PIP_FIND_LINKS: "" });
  await body(ann, index);
}

function wholeDownloads(index: IndexServer): readonly string[] {
  const whole = index.requests.filter((one) => one.path.startsWith("/files/") && one.headers.range === undefined);
  return whole.map((one) => one.path).sort();
}

test("8 processes make environments from one cold store: all succeed, and each file is downloaded once", async () => {
  await withIndex(async (ann, index) => {
    const ended = await Promise.all(
      Array.from({ length: 8 }, (_, i) => ann.venvoy("create", `env${i}`, "web", "--json")),
    );
    for (const one of ended) expect(one).toMatchObject({ exit: 0 });
    const once = Object.keys(parts).map((name) => `/files/${name}/${wheelFilename(name, "1.0", {})}`);
    expect(wholeDownloads(index)).toEqual(once.sort());
    for (const i of [0, 7]) {
      const python = join(ann.home, "venvoy", "envs", `env${i}`, "bin", "python");
      expect((await ann.run(python, ["-c", "import web, idna, attrs.part_7 as p; print(p.VALUE)"])).out).toBe("7\n");
    }
  });
});

test("two commands on one environment: the second waits, says for whom, and builds on the first", async () => {
  await withIndex(async (ann, index) => {
    await ann.venvoy("create", "demo");
    // The first add is held in its download until the second says that it waits.
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let reached = (): void => {};
    const downloading = new Promise<void>((resolve) => {
      reached = resolve;
    });
    index.on(`/files/attrs/${wheelFilename("attrs", "1.0", {})}`, (request, response) => {
      if (request.headers.range !== undefined) return index.serve(request, response);
      reached();
      void held.then(() => index.serve(request, response));
    });
    const first = ann.venvoy("add", "-n", "demo", "attrs");
    await downloading;
    const second = ann.run(join(import.meta.dirname, "../../dist/venvoy"), ["add", "-n", "demo", "idna"], {
      onErr: (text) => {
        if (text.includes("waiting for")) release();
      },
    });
    const ended: readonly Ended[] = await Promise.all([first, second]);
    for (const one of ended) expect(one.exit).toBe(0);
    expect(ended[1]?.err).toMatch(/waiting for .*add attrs/);
    const shown = JSON.parse((await ann.venvoy("show", "demo", "--json")).out);
    expect(shown.version).toBe(3);
    expect(shown.askedFor.map((one: { text: string }) => one.text)).toEqual(["attrs", "idna"]);
  });
});
