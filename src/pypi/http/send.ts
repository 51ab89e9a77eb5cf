import type { HttpRequest, HttpResponse } from "../../ports/index.ts";

export interface Answer extends HttpResponse {
  /** The request carried credentials: a refusal then means that they are wrong. */
  readonly knewCredentials?: boolean;
}

/** One link of the chain that a request goes through; each link minds one concern and calls the next. */
export type Send = (request: HttpRequest) => Promise<Answer>;
