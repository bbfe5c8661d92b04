import assert from "node:assert/strict";
import type { Header, Message } from "#kernel-ext/protocol/index.ts";
import { CommTraffic, type CommTrafficOptions } from "#kernel-ext/supervisor/comm-traffic.ts";
import { until } from "../../support/until.ts";

function traffic(deferBusy = true): { comms: CommTraffic; statuses: string[] } {
  const statuses: string[] = [];
  const iopub = {
    status: (state: string, { msg_id: id }: Header) => void statuses.push(`${state} ${id}`),
    publish: () => undefined,
  } as unknown as CommTrafficOptions["iopub"];
  const comms = new CommTraffic({
    ...{ iopub, deferBusy },
    send: () => undefined,
    onIdle: () => undefined,
  });
  return { comms, statuses };
}

function message(id: string, method: string): Message {
  const content = { comm_id: "c", data: { method } };
  return { header: { msg_id: id }, content, metadata: {}, buffers: [] } as unknown as Message;
}

describe("statuses of comm messages", () => {
  it("follow an update of state at once, because front ends wait for its idle", () => {
    const { comms, statuses } = traffic();
    comms.forward("comm_msg", message("a", "update"));
    assert.deepEqual(statuses, []);
    comms.finish("a");
    assert.deepEqual(statuses, ["busy a", "idle a"]);
  });

  it("of other messages are held back until no more of them come", async () => {
    const { comms, statuses } = traffic();
    for (const id of ["a", "b", "c"]) {
      comms.forward("comm_msg", message(id, "custom"));
      comms.finish(id);
    }
    assert.deepEqual(statuses, []);
    await until(() => statuses.length === 6);
    assert.deepEqual(statuses, ["busy a", "idle a", "busy b", "idle b", "busy c", "idle c"]);
  });

  it("come two seconds after the first at the latest, however long the messages go on", async () => {
    const { comms, statuses } = traffic();
    const begin = performance.now();
    let count = 0;
    await until(() => {
      const id = String((count += 1));
      comms.forward("comm_msg", message(id, "custom"));
      comms.finish(id);
      return statuses.length > 0;
    }, 8000);
    assert.ok(performance.now() - begin > 1500);
    assert.ok(statuses.length > 20);
  });

  it("come at once when the process behind the comms is gone, or nothing is to be deferred", () => {
    const { comms, statuses } = traffic();
    comms.forward("comm_msg", message("a", "custom"));
    comms.finish("a");
    comms.reset();
    assert.deepEqual(statuses, ["busy a", "idle a"]);
    const plain = traffic(false);
    plain.comms.forward("comm_msg", message("a", "custom"));
    plain.comms.finish("a");
    assert.deepEqual(plain.statuses, ["busy a", "idle a"]);
  });
});
