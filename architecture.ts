/**
 * The rooms of `src/` and their layers. A room imports only from lower layers, and only through the other
 * room's `index.ts`. `tests/architecture.test.ts` enforces this table; docs/architecture.md explains it.
 */
export const layers: Readonly<Record<string, number>> = {
  base: 0,
  ports: 1,
  pep: 2,
  codec: 2,
  solver: 2,
  shell: 2,
  disk: 3,
  native: 3,
  backend: 3,
  pypi: 4,
  python: 4,
  store: 4,
  resolve: 5,
  launch: 4,
  wheel: 5,
  build: 5,
  runtime: 5,
  relocate: 6,
  env: 6,
  lanes: 6,
  script: 7,
  session: 7,
  exchange: 7,
  config: 7,
  doctor: 7,
  host: 7,
  profile: 7,
  share: 7,
  rpc: 7,
  app: 8,
  cli: 9,
  node: 10,
};

/** Files directly in `src/` that compose the rooms; they may import any front door. */
export const roots: readonly string[] = ["index.ts", "main.ts"];
