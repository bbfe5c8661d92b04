import assert from "node:assert/strict";
import { Dealer, Router } from "zeromq";
import { patientSink } from "#kernel-ext/transport/index.ts";

describe("a question to a front end that is still connecting", () => {
  let router: Router;
  beforeEach(async () => {
    router = new Router({ mandatory: true, sendTimeout: 0, linger: 0 });
    await router.bind("tcp://127.0.0.1:*");
  });
  afterEach(() => {
    router.close();
  });
  const connect = (routingId: string): Dealer => {
    const dealer = new Dealer({ routingId, linger: 0 });
    dealer.connect(router.lastEndpoint!);
    return dealer;
  };

  for (const other of [undefined, "another front end"]) {
    it(`arrives once it is there, ${other ?? "nobody"} being there before`, async () => {
      const early = other === undefined ? undefined : connect(other);
      let isSent = false;
      const sending = patientSink(router, { timeoutMs: 5000, isOver: () => false })
        .send(["me", "Name?"])
        .then(() => (isSent = true));
      await new Promise((resolve) => setTimeout(resolve, 150));
      assert.equal(isSent, false);
      const late = connect("me");
      assert.equal(String(await late.receive()), "Name?");
      await sending;
      late.close();
      early?.close();
    });
  }

  it("is given up after its time, or when the kernel ends", async () => {
    await assert.rejects(
      patientSink(router, { timeoutMs: 60, isOver: () => false }).send(["me", "Name?"]),
      /unavailable|unreachable/,
    );
    await assert.rejects(
      patientSink(router, { timeoutMs: 60_000, isOver: () => true }).send(["me", "Name?"]),
    );
  });

  it("fails at once for any other reason", async () => {
    const fault = new Error("refused");
    const sink = { send: () => Promise.reject(fault) };
    await assert.rejects(
      patientSink(sink, { timeoutMs: 60_000, isOver: () => false }).send(["me"]),
      fault,
    );
  });
});
