import assert from "node:assert/strict";
import { newestRequest, type NewestRequest } from "#widgets/views/newest-request.ts";

function channel(): {
  requests: NewestRequest<string>;
  sent: string[];
  clock: { nowMs: number };
  runTimer: () => void;
} {
  const sent: string[] = [];
  const clock = { nowMs: 0 };
  let timer: (() => void) | undefined;
  const requests = newestRequest<string>({
    send: (target, sequence) => void sent.push(`${sequence} ${target}`),
    nowMs: () => clock.nowMs,
    later(_delayMs, callback) {
      timer = callback;
      return () => {
        if (timer === callback) timer = undefined;
      };
    },
  });
  return { requests, sent, clock, runTimer: () => timer?.() };
}

describe("newest request", () => {
  it("has one request under way, and sends the newest when its answer comes", () => {
    const { requests, sent } = channel();
    for (const target of ["a", "b", "c"]) requests.ask(target);
    assert.deepEqual(sent, ["1 a"]);
    requests.answered(1);
    assert.deepEqual(sent, ["1 a", "2 c"]);
    assert.ok(requests.isWaiting);
    requests.answered(2);
    assert.ok(!requests.isWaiting);
  });

  it("lets up to three be under way where answers take long", () => {
    const { requests, sent, clock } = channel();
    for (let sequence = 1; sequence <= 20; sequence++) {
      requests.ask("slow");
      clock.nowMs += 200;
      requests.answered(sequence);
    }
    for (const target of ["a", "b", "c", "d", "e"]) requests.ask(target);
    assert.deepEqual(sent.slice(20), ["21 a", "22 b", "23 c"]);
    requests.answered(22);
    assert.deepEqual(sent.slice(23), ["24 e"]);
  });

  it("goes on after an answer was lost", () => {
    const { requests, sent, runTimer } = channel();
    requests.ask("lost");
    requests.ask("newest");
    runTimer();
    assert.deepEqual(sent, ["1 lost", "2 newest"]);
  });
});
