import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** What becomes of a request before anything else is looked at. */
export type Access = "granted" | "new" | "refused";

export interface PageAccessOptions {
  /** Whoever knows it may run code. */
  readonly token: string;
  readonly port: number;
}

/** Lets in who came with the token once, from this machine's own address, and no page of another origin. */
export class PageAccess {
  readonly #token: string;
  readonly #cookie: string;
  readonly #hosts: ReadonlySet<string>;

  constructor({ token, port }: PageAccessOptions) {
    this.#token = token;
    // Cookies do not tell ports apart.
    this.#cookie = `counterlab-${port}`;
    this.#hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);
  }

  /** "new" is a request that brings the token in its address: it is to get the cookie, and the address without the token. */
  check(request: IncomingMessage): Access {
    const { host = "", origin } = request.headers;
    // A name that somebody else's server made point here would have the rights of a page of ours.
    if (!this.#hosts.has(host)) return "refused";
    if (origin !== undefined && origin !== `http://${host}`) return "refused";
    const given = new URL(request.url ?? "/", `http://${host}`).searchParams.get("token");
    if (given !== null) return this.#isToken(given) ? "new" : "refused";
    return this.#isToken(this.#cookieOf(request)) ? "granted" : "refused";
  }

  /** The `Set-Cookie` header. */
  get cookie(): string {
    return `${this.#cookie}=${this.#token}; Path=/; HttpOnly; SameSite=Strict`;
  }

  #cookieOf({ headers }: IncomingMessage): string {
    const pairs = (headers.cookie ?? "").split(";").map((pair) => pair.trim().split("="));
    return pairs.find(([name]) => name === this.#cookie)?.[1] ?? "";
  }

  #isToken(given: string): boolean {
    // Digests are equally long, whatever was given.
    return timingSafeEqual(digest(given), digest(this.#token));
  }
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
