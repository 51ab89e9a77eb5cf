/** A program that opens a session: `close` ends one that only stands by, `ask` asks something of it and leaves without closing it. */
import { createVenvoy } from "../../../src/index.ts";

const session = await createVenvoy().host.open();
if (process.argv[2] === "close") {
  await session.prepare(["child.py"]);
  await session.close();
  process.stdout.write("closed\n");
} else {
  await session.evaluate("1");
  const { lane } = await session.paths();
  process.stdout.write(`asked ${lane}\n`);
}
