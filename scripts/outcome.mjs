// What a suite's run came to, and the words for it: which tests failed and why, and which files took longest.
// An outcome is {passed, failed, skipped, failures: [{file, name, message}], files: [{file, seconds}]}.

const entities = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const plain = (text) =>
  text.replace(/&(?:#(x?)([0-9a-f]+)|(\w+));/gi, (whole, hex, number, name) =>
    number === undefined ? (entities[name] ?? whole) : String.fromCodePoint(Number.parseInt(number, hex ? 16 : 10)),
  );

const attributes = (tag) =>
  Object.fromEntries([...tag.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, plain(value)]));

/** Bun's JUnit report. Its suites nest: those at the top are the files. */
export function fromJunit(xml) {
  const outcome = { passed: 0, failed: 0, skipped: 0, failures: [], files: [] };
  let depth = 0;
  let test;
  for (const [tag, closing, kind, body] of xml.matchAll(/<(\/?)(testsuites?|testcase|failure)\b([^>]*)>/g)) {
    const facts = attributes(body ?? "");
    if (kind === "testsuites" && closing === "") {
      outcome.failed = Number(facts.failures ?? 0);
      outcome.skipped = Number(facts.skipped ?? 0);
      outcome.passed = Number(facts.tests ?? 0) - outcome.failed - outcome.skipped;
    } else if (kind === "testsuite") {
      if (closing === "" && depth === 0)
        outcome.files.push({ file: facts.file ?? facts.name, seconds: Number(facts.time) });
      if (!tag.endsWith("/>")) depth += closing === "" ? 1 : -1;
    } else if (kind === "testcase" && closing === "") test = facts;
    else if (kind === "failure" && closing === "")
      outcome.failures.push({
        file: test.file,
        name: [test.classname, test.name].filter(Boolean).join(" > "),
        message: `${facts.type}: ${facts.message}`,
      });
  }
  return outcome;
}

const clean = (line) => line.replace(/\p{Cc}(\[[0-9;]*[a-zA-Z])?/gu, "").slice(0, 200);

/** Every failure by name; as many lines of their messages as fit, each at least its first. */
export function failureLines(failures, limit = 60) {
  const most = Math.max(1, Math.floor(limit / Math.max(1, failures.length)) - 1);
  const lines = failures.flatMap(({ suite, file, name, message }) => [
    `  [${suite}] ${file}${name === "" ? "" : ` > ${clean(name)}`}`,
    ...message
      .split("\n")
      .filter((line) => line.trim() !== "")
      .slice(0, Math.min(most, 12))
      .map((line) => `      ${clean(line)}`),
  ]);
  return lines.length > limit ? [...lines.slice(0, limit - 1), `  and more: ${failures.length} failed in all`] : lines;
}

/** The files that took longest, in one line. */
export function slowestLine(files, many = 10) {
  return [...files]
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, many)
    .map(({ file, seconds }) => `${file.replace(/^tests\//, "").replace(/\.test\.ts$/, "")} ${seconds.toFixed(1)}`)
    .join(", ");
}
