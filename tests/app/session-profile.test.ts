import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testContext } from "../kit/context.ts";
import { realPythons } from "../kit/real-pythons.ts";
import { opened, projects } from "../kit/session.ts";

const [hostPython, otherPython] = realPythons();

test.skipIf(hostPython === undefined || otherPython === undefined)(
  "with a host's profile scripts get its Python beside what it brings; who asks for another Python gets that",
  async () => {
    await using t = await testContext(projects);
    const host = join(t.home, "host");
    execFileSync(hostPython?.program ?? "", ["-m", "venv", "--without-pip", host]);
    const site = join(host, "lib", `python${hostPython?.minor}`, "site-packages");
    mkdirSync(join(site, "idna-3.6.dist-info"));
    writeFileSync(join(site, "idna-3.6.dist-info", "METADATA"), "Metadata-Version: 2.1\nName: idna\nVersion: 3.6\n");
    writeFileSync(join(site, "idna.py"), "__version__ = 'of the host'\n");
    expect((await t.venvoy("host", "add", "demo", "--python", join(host, "bin", "python"))).exit).toBe(0);
    await expect(opened(t, { profile: "nobody" })).rejects.toMatchObject({ code: "HOST_UNKNOWN" });
    const { session } = await opened(t, { profile: "demo" });
    await using _ = session;
    const say = "import sys; print(sys.version_info[1], idna.__version__)\n";
    t.write("a.py", `# r: web\nimport idna, web\n${say}`);
    t.write(
      "b.py",
      `# /// script\n# requires-python = "==${otherPython?.minor}.*"\n# dependencies = ["idna"]\n# ///\nimport idna\n${say}`,
    );
    t.write("c.py", "# r: idna>=3.7\nimport idna\n");
    expect(await session.run("a.py")).toMatchObject({ exit: 0, stdout: `${hostPython?.minor.slice(2)} of the host\n` });
    expect(await session.run("b.py")).toMatchObject({ exit: 0, stdout: `${otherPython?.minor.slice(2)} 3.7\n` });
    const refused = await session.run("c.py").catch((error: unknown) => error);
    expect(JSON.stringify(refused) + String(refused)).toContain("idna==3.6");
  },
  300_000,
);
