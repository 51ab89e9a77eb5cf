// The works of handing an environment to others. Both sides have the same files: the tree of the 106 wheels with its Python.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { measure, sequence } from "./measure.mjs";
import { variables, venvoy, work } from "./places.mjs";
import { fresh } from "./works.mjs";

const home = join(work, "warm");
const env = variables(home);
const does = (argv, options = { env }) => measure(argv, options);

/** Put beside uv, once. */
function condaPack() {
  const program = join(work, "peers", "bin", "conda-pack");
  if (!existsSync(program)) {
    const pip = [
      join(work, "peers", "bin", "python"),
      "-m",
      "pip",
      "install",
      "--quiet",
      "conda-pack",
      "setuptools<81",
    ];
    execFileSync(pip[0], pip.slice(1), { stdio: "inherit" });
  }
  return program;
}

function hasRsync() {
  const has = () => spawnSync("rsync", ["--version"]).status === 0;
  if (!has() && process.getuid?.() === 0) spawnSync("apt-get", ["install", "-y", "-q", "rsync"], { stdio: "ignore" });
  return has();
}

function entriesOf(root, directory = root) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? entriesOf(root, path) : [relative(root, path)];
  });
}

let tree;
/** The tree, as a directory that is also a conda prefix: one package that owns every file, so that conda-pack takes them all. */
function prefix() {
  if (tree !== undefined) return tree;
  tree = fresh("prefix");
  does([venvoy, "pack", "bench-warm", "-o", tree]);
  const files = entriesOf(tree);
  const paths = files.map((path) => {
    const info = lstatSync(join(tree, path));
    return info.isSymbolicLink()
      ? { _path: path, path_type: "softlink", target: readlinkSync(join(tree, path)) }
      : { _path: path, path_type: "hardlink", size_in_bytes: info.size };
  });
  const record = {
    name: "tree",
    version: "1.0",
    build: "0",
    build_number: 0,
    channel: "local",
    depends: [],
    files,
    fn: "tree-1.0-0.conda",
    // Its own package cache: nothing in it holds the prefix's path, which is conda-pack's best case.
    link: { source: tree, type: 1 },
    paths_data: { paths, paths_version: 1 },
    requested_spec: "tree",
    url: "tree-1.0-0.conda",
    subdir: "linux-64",
    timestamp: 0,
  };
  mkdirSync(join(tree, "info"));
  writeFileSync(join(tree, "info", "paths.json"), JSON.stringify(record.paths_data));
  mkdirSync(join(tree, "conda-meta"));
  writeFileSync(join(tree, "conda-meta", "history"), "");
  writeFileSync(join(tree, "conda-meta", "tree-1.0-0.json"), JSON.stringify(record));
  return tree;
}

const archives = {};
/** An archive of each side, made once, for unpacking. */
function archiveOf(side, argvTo) {
  if (archives[side] === undefined) {
    archives[side] = fresh(side);
    mkdirSync(archives[side], { recursive: true });
    does(argvTo(join(archives[side], "bench.tar.gz")));
  }
  return join(archives[side], "bench.tar.gz");
}
const byConda = (to) => [condaPack(), "-p", prefix(), "-o", to, "--n-threads", "-1", "--quiet"];
const byVenvoy = (to) => [venvoy, "pack", "bench-warm", "-o", to];

let published;
/** A share with two releases; one package of the second differs. */
function share() {
  if (published !== undefined) return published;
  published = fresh("share");
  does([venvoy, "clone", "bench-warm", "bench-shared", "--offline"]);
  does([venvoy, "publish", "bench-shared", published]);
  const site = join(
    published,
    "releases",
    "1",
    "lib",
    readdirSync(join(published, "releases", "1", "lib")).find((name) => /^python3\.\d+$/.test(name)),
    "site-packages",
  );
  const version = readdirSync(site).flatMap((name) => /^matplotlib-(.+)\.dist-info$/.exec(name)?.[1] ?? [])[0];
  does([venvoy, "add", "-n", "bench-shared", "--yes", `matplotlib<${version}`]);
  does([venvoy, "publish", "bench-shared", published]);
  return published;
}

/** A program writes into a place that isn't there yet, made anew each round. */
function into(label, argvTo) {
  let place;
  return {
    before: () => {
      place = fresh(label);
      mkdirSync(place, { recursive: true });
      argvTo(join(place, "to"));
    },
    run: () => does(argvTo(join(place, "to"))),
  };
}

function pulls(release) {
  let own;
  return {
    before: () => {
      const from = share();
      own = variables(fresh("pulled"));
      if (release === 2) does([venvoy, "pull", `${from}@1`, "shared"], { env: own });
    },
    run: () => does([venvoy, "pull", `${share()}@${release}`, "shared"], { env: own }),
  };
}

function unpacks() {
  let place;
  return {
    peer: {
      before: () => {
        archiveOf("conda", byConda);
        place = fresh("unpacked");
        mkdirSync(place, { recursive: true });
      },
      run: () => {
        const unpacked = does(["tar", "-xzf", archiveOf("conda", byConda), "-C", place]);
        return sequence(unpacked, does([join(place, "bin", "conda-unpack")]));
      },
    },
    ours: {
      before: () => {
        archiveOf("venvoy", byVenvoy);
        place = fresh("unpacked");
      },
      run: () => does([venvoy, "unpack", archiveOf("venvoy", byVenvoy), place]),
    },
  };
}

function rsyncs() {
  let place;
  return {
    before: () => {
      const from = join(share(), "releases", "1");
      place = fresh("synced");
      does(["cp", "-a", from, place]);
    },
    run: () => does(["rsync", "-a", "--delete", `${join(share(), "releases", "2")}/`, `${place}/`]),
  };
}

export function sharingWorks() {
  const rows = [
    {
      name: "pack the 106 wheels with their Python to .tar.gz, against conda-pack of the same files on all cores",
      budget: 1,
      peer: into("packed", (to) => byConda(`${to}.tar.gz`)),
      ours: into("packed", (to) => byVenvoy(`${to}.tar.gz`)),
    },
    { name: "unpack and verify that, against tar and conda-unpack", budget: 1, ...unpacks() },
    {
      name: "publish the same for the first time, against a copy by cp -a",
      budget: 1,
      peer: into("copied", (to) => ["cp", "-a", prefix(), to]),
      ours: into("published", (to) => [venvoy, "publish", "bench-warm", to]),
    },
    {
      name: "pull it for the first time, verified, against a copy by cp -a",
      budget: 1,
      peer: into("copied", (to) => ["cp", "-a", join(share(), "releases", "1"), to]),
      ours: pulls(1),
    },
  ];
  const changed = { name: "pull a release in which matplotlib changed, against rsync -a --delete", budget: 1 };
  if (hasRsync()) return [...rows, { ...changed, peer: rsyncs(), ours: pulls(2) }];
  process.stderr.write(`skipped, there is no rsync: ${changed.name}\n`);
  return rows;
}
