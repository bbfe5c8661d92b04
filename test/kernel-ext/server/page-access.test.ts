import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { PageAccess } from "#kernel-ext/server/page-access.ts";

describe("access to a notebook's page", () => {
  const access = new PageAccess({ token: "secret", port: 8000 });
  const cookie = access.cookie.split(";")[0]!;
  const check = (url: string, headers: Record<string, string>) =>
    access.check({ url, headers } as unknown as IncomingMessage);

  it("is for those who bring the token, then its cookie", () => {
    assert.equal(check("/?token=secret", { host: "127.0.0.1:8000" }), "new");
    assert.equal(check("/", { host: "localhost:8000", cookie: `other=1; ${cookie}` }), "granted");
    assert.equal(check("/?token=wrong", { host: "127.0.0.1:8000", cookie }), "refused");
    assert.equal(check("/", { host: "127.0.0.1:8000" }), "refused");
    assert.equal(check("/", { host: "127.0.0.1:8000", cookie: `${cookie}x` }), "refused");
    assert.match(access.cookie, /HttpOnly; SameSite=Strict/);
  });

  it("is refused under another name and to pages of another origin", () => {
    assert.equal(check("/", { host: "evil.example:8000", cookie }), "refused");
    assert.equal(
      check("/", { host: "127.0.0.1:8000", cookie, origin: "http://127.0.0.1:9000" }),
      "refused",
    );
    assert.equal(
      check("/", { host: "127.0.0.1:8000", cookie, origin: "http://127.0.0.1:8000" }),
      "granted",
    );
  });
});
