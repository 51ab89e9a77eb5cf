import type { SafeUrl } from "../base/index.ts";
import type { HttpFaultCode } from "../ports/index.ts";

/** An error of the network, in the port's words. */
export class HttpFault extends Error {
  readonly code: HttpFaultCode;
  /** What the proxy answered instead of opening a tunnel. */
  readonly status: number | undefined;

  constructor(code: HttpFaultCode, message: string, cause?: unknown, status?: number) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "HttpFault";
    this.code = code;
    this.status = status;
  }
}

/** Codes of Node's sockets, of undici and of Bun -> the port's. */
const known: Readonly<Record<string, HttpFaultCode>> = {
  ENOTFOUND: "HTTP_UNRESOLVED",
  EAI_AGAIN: "HTTP_UNRESOLVED",
  EAI_FAIL: "HTTP_UNRESOLVED",
  FailedToOpenSocket: "HTTP_REFUSED",
  ConnectionRefused: "HTTP_REFUSED",
  ECONNREFUSED: "HTTP_REFUSED",
  EHOSTUNREACH: "HTTP_REFUSED",
  ENETUNREACH: "HTTP_REFUSED",
  EADDRNOTAVAIL: "HTTP_REFUSED",
  ETIMEDOUT: "HTTP_TIMEOUT",
  UND_ERR_CONNECT_TIMEOUT: "HTTP_TIMEOUT",
  UND_ERR_HEADERS_TIMEOUT: "HTTP_TIMEOUT",
  UND_ERR_BODY_TIMEOUT: "HTTP_TIMEOUT",
  ConnectionTimeout: "HTTP_TIMEOUT",
  TooManyRedirects: "HTTP_REDIRECTS",
  UnsupportedProxyProtocol: "HTTP_UNSUPPORTED",
  UND_ERR_INVALID_ARG: "HTTP_UNSUPPORTED",
  EPROTO: "HTTP_CERTIFICATE",
};

const certificateCode = /CERT|SELF_SIGNED|UNABLE_TO_|^ERR_TLS|^ERR_SSL|TLS_HANDSHAKE/;

/** Words the failure of a request; what stands between it and its host is the proxy, if there is one. */
export function faultOf(error: unknown, proxy?: SafeUrl): HttpFault {
  if (error instanceof HttpFault) return error;
  const fault = plainFault(error);
  return proxy === undefined ? fault : (proxyFault(fault, proxy) ?? fault);
}

/** Bun's words for a tunnel that the proxy does not open, and undici's. */
const tunnelRefused = /Proxy refused to open a tunnel: (\d{3})|Proxy response \((\d{3})\) !== 200/;

function proxyFault(fault: HttpFault, proxy: SafeUrl): HttpFault | undefined {
  const refused = tunnelRefused.exec(fault.message);
  if (refused !== null) {
    const status = Number(refused[1] ?? refused[2]);
    return new HttpFault("HTTP_PROXY", `the proxy \`${proxy}\` refuses (status ${status})`, fault.cause, status);
  }
  switch (fault.code) {
    case "HTTP_REFUSED":
      return new HttpFault("HTTP_PROXY", `the proxy \`${proxy}\` refuses connections`, fault.cause);
    case "HTTP_UNRESOLVED":
      return new HttpFault("HTTP_PROXY", `the host of the proxy \`${proxy}\` is not known`, fault.cause);
    default:
      return undefined;
  }
}

/** The innermost cause says most. */
function plainFault(error: unknown): HttpFault {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 6; at = innerOf(at), depth++) {
    const code = "code" in at && typeof at.code === "string" ? at.code : "";
    const own = known[code] ?? (certificateCode.test(code) ? "HTTP_CERTIFICATE" : undefined);
    if (own !== undefined) return new HttpFault(own, at.message === "" ? code : at.message, error);
    if (/redirect count/i.test(at.message)) return new HttpFault("HTTP_REDIRECTS", at.message, error);
  }
  return new HttpFault("HTTP_BROKEN", innermost(error), error);
}

function innerOf(error: Error): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors[0];
  return error.cause;
}

function innermost(error: unknown): string {
  let message = "the connection failed";
  for (let at = error, depth = 0; at instanceof Error && depth < 6; at = innerOf(at), depth++) {
    if (at.message !== "") message = at.message;
  }
  return message;
}
