import fc from "fast-check";

/** Texts of versions in many spellings; every one is valid. */
export const versionText: fc.Arbitrary<string> = fc
  .record({
    prefix: fc.constantFrom("", "", "", "v", "V"),
    epoch: fc.constantFrom("", "", "", "0!", "1!", "02!"),
    release: fc.array(
      fc.constantFrom("0", "0", "1", "2", "3", "07", "10", "57327", "57328", "65536", "20240101", "9".repeat(20)),
      {
        minLength: 1,
        maxLength: 5,
      },
    ),
    pre: optionalPart(["a", "b", "rc", ".alpha.", "-BETA_", "c", "pre", "_preview-"]),
    post: optionalPart([".post", "-", "post", ".rev-", "_r"], { bare: false }),
    dev: optionalPart([".dev", "dev", "-DEV_"]),
    local: fc.oneof(
      { weight: 3, arbitrary: fc.constant("") },
      fc
        .array(fc.constantFrom("a", "b", "abc", "1", "01", "2", "10", "1a", "cu118", "ZZ"), {
          minLength: 1,
          maxLength: 3,
        })
        .map((parts) => `+${parts.join(".")}`),
    ),
  })
  .map(
    ({ prefix, epoch, release, pre, post, dev, local }) =>
      prefix + epoch + release.join(".") + pre + post + dev + local,
  );

function optionalPart(heads: readonly string[], { bare = true } = {}): fc.Arbitrary<string> {
  const numbers = fc.constantFrom(...(bare ? [""] : []), "0", "1", "2", "9", "007", "70000");
  const part = fc.tuple(fc.constantFrom(...heads), numbers).map(([head, number]) => head + number);
  return fc.oneof({ weight: 2, arbitrary: fc.constant("") }, part);
}

const publicText = versionText.map((text) => text.split("+")[0] ?? text);
const releaseText = fc
  .array(fc.constantFrom("0", "1", "2", "3", "10"), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join("."));

/** One clause, `>=1.2`. */
export const clauseText: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(fc.constantFrom("==", "!="), versionText).map(([operator, version]) => operator + version),
  fc.tuple(fc.constantFrom(">=", "<=", ">", "<", ">= "), publicText).map(([operator, version]) => operator + version),
  fc.tuple(fc.constantFrom("==", "!="), releaseText).map(([operator, release]) => `${operator}${release}.*`),
  releaseText.map((release) => `~=${release}.1`),
  fc.constantFrom("===1.0", "===odd-text"),
);

export const specifierText: fc.Arbitrary<string> = fc
  .array(clauseText, { maxLength: 4 })
  .map((clauses) => clauses.join(", "));

const markerOperand = fc.constantFrom(
  "python_version",
  "python_full_version",
  "os_name",
  "sys.platform",
  "platform_release",
  "platform_machine",
  "implementation_version",
  "extra",
);
const markerValue = fc
  .oneof(
    fc.constantFrom("3.8", "3.11.*", "3.12.4", "linux", "posix", "Foo.Bar", "6.8.0-31-generic", "", "os_name"),
    fc.string({ unit: "grapheme", maxLength: 6 }),
    fc.string({ unit: fc.constantFrom("\\", "'", '"', "\n", "\0", "x", "n", "1"), maxLength: 5 }),
  )
  .map(quotedInPython);
const markerOperator = fc.constantFrom("==", "!=", "<", "<=", ">", ">=", "in", "not in", "===", "~=");

/** A literal of Python with this value, all unusual characters escaped. */
function quotedInPython(value: string): string {
  const body = [...value].map((char) => {
    const code = char.codePointAt(0) ?? 0;
    return code < 0x20 || char === "\\" || char === '"' || code >= 0xd800
      ? `\\U${code.toString(16).padStart(8, "0")}`
      : char;
  });
  return `"${body.join("")}"`;
}

const comparison = fc
  .tuple(markerOperand, markerOperator, markerValue, fc.boolean())
  .map(([variable, operator, value, turned]) =>
    turned ? `${value} ${operator} ${variable}` : `${variable} ${operator} ${value}`,
  );

/** Texts of markers, nested a few levels. */
export const markerTexts: fc.Arbitrary<string> = fc.letrec<{ marker: string }>((tie) => ({
  marker: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    comparison,
    fc
      .tuple(tie("marker"), fc.constantFrom("and", "or"), tie("marker"), fc.boolean())
      .map(([left, join, right, wrapped]) => (wrapped ? `(${left} ${join} ${right})` : `${left} ${join} ${right}`)),
  ),
})).marker;

export const requirementText: fc.Arbitrary<string> = fc
  .record({
    name: fc.constantFrom("numpy", "Pillow", "zope.interface", "ruamel_yaml", "A-b", "x"),
    extras: fc.array(fc.constantFrom("a", "B_c", "test"), { maxLength: 3 }),
    target: fc.oneof(
      // The text after `===` goes on through a comma, up to white space.
      specifierText.map((text) => ` ${text.includes("===") ? text.replaceAll(" ", "") : text}`),
      fc.constantFrom(" @ https://files.example/x,y.whl", " @ git+ssh://git@h/r"),
    ),
    marker: fc.option(markerTexts),
  })
  .map(({ name, extras, target, marker }) => {
    const bracket = extras.length === 0 ? "" : `[${extras.join(" , ")}]`;
    return `${name}${bracket}${target}${marker === null ? "" : ` ; ${marker}`}`;
  });
