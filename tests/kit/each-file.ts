import { afterAll } from "vitest";
import { removeTempDirs } from "./temp.ts";

// Vitest runs this before every test file, also where files share a process and with it what `temp.ts` knows.
afterAll(removeTempDirs);
