import { timingSafeEqual } from "node:crypto";
import { Problem } from "./problem.ts";

/** Whom a service answers. */
export interface GuardOptions {
  /** Names under which it answers, without port; `*` for any. */
  readonly allowedHosts: readonly string[];
  /** Origins whose pages may call it; `*` for any. */
  readonly corsOrigins: readonly string[];
  /** When set, every change needs `Authorization: Bearer` with it. */
  readonly token: string | undefined;
}

const CHANGING = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/** Protects a service that listens on a person's own machine from pages that the person's browser shows. */
export class Guard {
  readonly #anyHost: boolean;
  readonly #hosts: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;
  readonly #tokenHash: Uint8Array | undefined;

  constructor(options: GuardOptions) {
    this.#anyHost = options.allowedHosts.includes("*");
    this.#hosts = new Set(options.allowedHosts.map((host) => host.toLowerCase()));
    this.#origins = new Set(options.corsOrigins);
    this.#tokenHash = options.token === undefined ? undefined : sha256(options.token);
  }

  /**
   * For every request, before anything else.
   *
   * @returns the answer to a CORS preflight, else nothing
   * @throws Problem 403 for a host that is not allowed (DNS rebinding) and for a change from a foreign origin,
   *   401 for a change without the token
   */
  admit(request: Request): Response | undefined {
    const host = request.headers.get("host") ?? new URL(request.url).host;
    if (!this.#anyHost && !this.#hosts.has(withoutPort(host))) {
      throw new Problem(
        403,
        "host-not-allowed",
        "This name is not allowed",
        `found Host ${JSON.stringify(host)}, accepted are ${[...this.#hosts].join(", ")} (ALLOWED_HOSTS)`,
      );
    }
    if (request.method === "OPTIONS" && request.headers.has("access-control-request-method"))
      return this.#preflight(request);
    if (CHANGING.has(request.method)) this.admitChange(request);
    return undefined;
  }

  /** For a request that changes something whatever its method: `GET` with `Accept: application/json` sends one too. */
  admitChange(request: Request): void {
    const origin = request.headers.get("origin");
    const site = request.headers.get("sec-fetch-site");
    const foreign = origin === null ? site === "cross-site" : !this.#mayCall(origin, request);
    if (foreign) {
      throw new Problem(
        403,
        "origin-not-allowed",
        "This origin may not change anything",
        `found origin ${origin ?? "of another site"}, accepted are this service's own and ${[...this.#origins].join(", ")} (CORS_ORIGINS)`,
      );
    }
    if (this.#tokenHash !== undefined) this.#checkToken(request, this.#tokenHash);
  }

  /** CORS headers for the answer to a request, or nothing when it has no foreign origin that is allowed. */
  corsHeaders(request: Request): Readonly<Record<string, string>> | undefined {
    const origin = request.headers.get("origin");
    if (origin === null || !this.#mayCall(origin, request)) return undefined;
    return { "access-control-allow-origin": origin, vary: "Origin" };
  }

  #mayCall(origin: string, request: Request): boolean {
    if (this.#origins.has("*") || this.#origins.has(origin)) return true;
    const host = request.headers.get("host") ?? new URL(request.url).host;
    return URL.canParse(origin) && new URL(origin).host === host;
  }

  #preflight(request: Request): Response {
    const cors = this.corsHeaders(request);
    if (cors === undefined) return new Response(null, { status: 204 });
    return new Response(null, {
      status: 204,
      headers: {
        ...cors,
        "access-control-allow-methods": "GET, HEAD, POST, PUT",
        "access-control-allow-headers": "authorization, content-type, last-event-id",
        "access-control-max-age": "600",
      },
    });
  }

  #checkToken(request: Request, expected: Uint8Array): void {
    const given = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
    // Hashes have one length, so that the comparison takes the same time whatever was given.
    if (given !== undefined && timingSafeEqual(sha256(given), expected)) return;
    const found = given === undefined ? "found no token" : "found a wrong token";
    throw new Problem(
      401,
      "token-needed",
      "A token is needed",
      `${found}, needed is Authorization: Bearer with API_TOKEN`,
      {
        headers: { "www-authenticate": "Bearer" },
      },
    );
  }
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, "").toLowerCase();
}

function sha256(text: string): Uint8Array {
  return new Bun.CryptoHasher("sha256").update(text).digest();
}
