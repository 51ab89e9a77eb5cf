// A host: three scripts in one session, two of which need different versions of NumPy and one another Python. Two of
// them exchange an array of 100 MB, which is not copied on its way.
//
//   npm run example:host
import { fileURLToPath } from "node:url";
import { createVenvoy } from "venvoy";

const cwd = fileURLToPath(new URL(".", import.meta.url));
// All that venvoy keeps lies below `home`; leave it out to share the environments of the command line.
const venvoy = createVenvoy({ cwd, ...(process.env.EXAMPLE_HOME ? { home: process.env.EXAMPLE_HOME } : {}) });

const session = await venvoy.host.open({
  cwd,
  onEvent(event) {
    if (event.type === "stdout") process.stdout.write(event.text);
    if (event.type === "stderr") process.stderr.write(event.text);
    if (event.type === "lane:started") console.log(`  (${event.lane} is process ${event.pid}, Python ${event.python})`);
  },
  // A program with windows asks the person here.
  async confirm({ environment, packageCount }) {
    console.log(`  (making the environment of ${environment.name}: ${packageCount} packages)`);
    return true;
  },
});

try {
  for (const { file, error } of await session.prepare(["old.py", "new.py", "report.py"]))
    if (error !== undefined) console.error(`${file}: ${error.message}${error.hint ? `\n  ${error.hint}` : ""}`);
  for (const file of ["old.py", "new.py", "report.py"]) await session.run(file);

  const count = 100_000_000 / 8;
  const points = await session.call("old:points", [count]);
  await session.call("new:mean", [points]);
  const begun = performance.now();
  const told = await session.call("new:mean", [points]);
  const looked = performance.now() - begun;
  console.log(`new.py looked at the points of old.py with NumPy ${told.numpy}: mean ${told.mean.toFixed(4)},`);
  console.log(`  ${count * 8} bytes, handed over and added up in ${looked.toFixed(0)} ms${told.copied ? "" : ", not copied"}`);
  await points.release();
} finally {
  await session.close();
}
