import type { HttpRequest, HttpResponse } from "../../ports/index.ts";

/** One link of the chain that a request goes through; each link minds one concern and calls the next. */
export type Send = (request: HttpRequest) => Promise<HttpResponse>;
