import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import {
  InputError,
  JobQueueError,
  openRedisQueue,
  openRedisWorker,
  type RedisWorker,
} from "#src/io/index.ts";
import { describeWithRedis, startRedis, type TestRedis } from "../../../support/redis.ts";
import { until } from "../../../support/until.ts";
import { finish, openJobBench, type JobBench } from "./support.ts";

describeWithRedis("jobs over a queue in Redis", function () {
  this.timeout(90_000);
  let redis: TestRedis;
  let bench: JobBench;
  let open: (() => Promise<void>)[];

  beforeEach(async () => {
    redis = await startRedis();
    bench = await openJobBench();
    open = [];
  });
  afterEach(async () => {
    for (const close of open.reverse()) await close();
    await redis.close();
    await bench.close();
  });

  const startQueue = async (options: { readonly patienceMs?: number } = {}) => {
    const notices: string[] = [];
    const onNotice = (message: string) => notices.push(message);
    const queue = await openRedisQueue({ url: redis.url, onNotice, ...options });
    open.push(() => queue.close());
    return { queue, notices };
  };
  const startWorker = async (
    name: string,
    options: { readonly patienceMs?: number; readonly lostAfterMs?: number } = {},
  ): Promise<RedisWorker & { readonly notices: readonly string[] }> => {
    const notices: string[] = [];
    const pool = bench.pool({ workers: 1 });
    const onNotice = (message: string) => notices.push(message);
    const worker = await openRedisWorker({
      ...{ url: redis.url, pool, concurrency: 1, name, onNotice, ...options },
    });
    open.push(async () => {
      await worker.close();
      await pool.close();
    });
    return { ...worker, notices };
  };

  it("are done by its workers, and nothing of them stays in Redis", async () => {
    const { queue } = await startQueue();
    await startWorker("one");
    await startWorker("two");
    const jobs = Array.from({ length: 30 }, (_, value) => bench.job("double", value, 20));
    const { values } = await finish(jobs, { queue });
    assert.deepEqual(
      values,
      jobs.map((_, value) => 2 * value),
    );
    const keys = await redis.inspect((client) => client.keys("*"));
    const own = /^counterlab:jobs-1:(?:meta|id|events|stalled-check|marker)$/;
    assert.deepEqual(
      keys.filter((key) => !own.test(key)),
      [],
    );
    const events = await redis.inspect((client) =>
      client.xrange("counterlab:jobs-1:events", "-", "+"),
    );
    assert.ok(events.length > 30);
    assert.ok(!JSON.stringify(events).includes(bench.folder), "events hold no content");
  });

  it("are tried again where a process died or the disk was full, once where they fail by themselves", async () => {
    const { queue, notices } = await startQueue();
    await startWorker("one");
    const jobs = [
      ...[bench.job("fail", 1), bench.job("die", 2), bench.job("dieOnce", 3)],
      ...[bench.job("fullDiskOnce", 4), bench.job("double", 5)],
    ];
    const { values, failures } = await finish(jobs, { queue });
    assert.deepEqual(values, [undefined, undefined, 6, 8, 10]);
    assert.deepEqual(failures.sort(), [
      "input 1: the input makes no sense",
      "input 2: the process doing it was ended by SIGKILL",
    ]);
    assert.equal(await bench.begun(1), 1);
    assert.equal(await bench.begun(2), 3);
    assert.deepEqual(notices, []);
    // Asked for again, a job that failed is tried again.
    assert.equal((await finish([jobs[0]!], { queue })).failures.length, 1);
    assert.equal(await bench.begun(1), 2);
  });

  it("outlive the one that asked: who asks again gets what was done meanwhile", async () => {
    const { queue } = await startQueue();
    await startWorker("one");
    const job = bench.job("double", 1);
    // The queue is not told to forget: as if its process had been killed with the result in its hands.
    assert.equal(
      ((await queue.run(job, new AbortController().signal)) as { value: number }).value,
      2,
    );
    await queue.close();
    const again = await startQueue();
    assert.deepEqual((await finish([job], { queue: again.queue })).values, [2]);
    assert.equal(await bench.begun(1), 1);
  });

  it("go on when Redis comes back, even emptied", async () => {
    const { queue, notices } = await startQueue();
    const worker = await startWorker("one", { lostAfterMs: 2_000 });
    const jobs = Array.from({ length: 12 }, (_, value) => bench.job("double", value, 300));
    const finishing = finish(jobs, { queue });
    while ((await bench.begun(2)) === 0) await sleep(20);
    await redis.kill();
    await until(() => notices.some((line) => line.includes("is gone; connecting again")));
    await sleep(500);
    await redis.start();
    const { values, failures } = await finishing;
    assert.deepEqual(failures, []);
    assert.deepEqual(
      values,
      jobs.map((_, value) => 2 * value),
    );
    assert.ok(notices.some((line) => line.endsWith("is back")));
    assert.ok(worker.notices.some((line) => line.endsWith("is back")));
  });

  it("end with a clear message when Redis stays away", async () => {
    const { queue } = await startQueue({ patienceMs: 1_000 });
    const worker = await startWorker("one", { patienceMs: 1_000 });
    const gone = assert.rejects(worker.gone, JobQueueError);
    const finishing = finish([bench.job("double", 1, 60_000)], { queue });
    const failing = assert.rejects(finishing, (error: Error) => {
      assert.ok(error instanceof JobQueueError);
      const address = redis.url.replaceAll(".", "\\.");
      assert.match(error.message, new RegExp(`^Redis at ${address} has been gone for 1 s`));
      assert.match(error.message, /repeat the command: what is done stays done/);
      return true;
    });
    while ((await bench.begun(1)) === 0) await sleep(20);
    await redis.kill();
    await failing;
    await gone;
  });

  it("fail when every worker refuses, by the worker's name", async () => {
    const { queue, notices } = await startQueue();
    const worker = await startWorker("worker-with-a-name");
    const other = { ...bench.job("double", 1), code: "0.0.1-abc" };
    await assert.rejects(finish([other], { queue }), (error: Error) => {
      assert.ok(error instanceof JobQueueError);
      assert.match(
        error.message,
        /Every worker at .* refuses\. worker-with-a-name: the job is for Counterlab 0\.0\.1-abc/,
      );
      return true;
    });
    assert.match(
      worker.notices[0]!,
      /^refused input 1: the job is for Counterlab 0\.0\.1-abc, this worker is 0\.1/,
    );
    assert.match(notices[0]!, /^worker worker-with-a-name refuses: the job is for/);
    assert.equal(await bench.begun(1), 0);
  });

  it("say so when nobody takes them, and wait", async () => {
    const { queue, notices } = await startQueue();
    const finishing = finish([bench.job("double", 1)], { queue });
    await until(() => notices.length > 0, 20_000);
    assert.match(notices[0]!, /^no worker is connected to redis:.*counterlab worker --queue URL/);
    await startWorker("one");
    assert.deepEqual((await finishing).values, [2]);
  });
});

describe("the address of a queue", function () {
  this.timeout(30_000);
  const refused = (url: string, message: RegExp, password?: string) =>
    assert.rejects(openRedisQueue({ url, password }), (error: Error) => {
      assert.ok(error instanceof InputError, error.stack);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });

  it("is refused without repeating what may be a password", async () => {
    await refused(
      "http://me:secret@localhost",
      /^--queue is no address of a Redis\. Give one like redis:/,
    );
    await refused("secret", /is no address/);
  });

  it("must be one where Redis answers", async () => {
    await refused(
      "redis://me:secret@127.0.0.1:9",
      /^No Redis answers at redis:\/\/127\.0\.0\.1:9 \(ECONNREFUSED\)/,
    );
    await refused(
      "redis://no-such-host.invalid",
      /^No Redis answers at .*invalid \((?:ENOTFOUND|EAI_AGAIN)\)/,
    );
  });
});

describeWithRedis("a Redis with a password", function () {
  this.timeout(30_000);

  it("takes it from the URL or beside it, and no message repeats it", async () => {
    const redis = await startRedis({ password: "secret-1" });
    const withPassword = redis.url.replace("://", "://:secret-1@");
    try {
      await (await openRedisQueue({ url: withPassword })).close();
      const beside = await openRedisQueue({ url: redis.url, password: "secret-1" });
      assert.equal(beside.remote, redis.url);
      await beside.close();
      for (const options of [
        { url: redis.url },
        { url: redis.url, password: "secret-2" },
        { url: redis.url.replace("://", "://me:secret-3@") },
      ]) {
        await assert.rejects(openRedisQueue(options), (error: Error) => {
          assert.match(error.message, /refuses: user or password are wrong or missing/);
          assert.doesNotMatch(error.message, /secret/);
          return error instanceof InputError;
        });
      }
    } finally {
      await redis.close();
    }
  });
});
