/** Where everything of ours is kept in Redis. */
export const REDIS_PREFIX = "counterlab";
/** The one queue: its number changes when jobs or answers change their form. */
export const QUEUE_NAME = "jobs-1";
/** What nobody came for is deleted after a day, in seconds. */
export const KEPT_SECONDS = 86_400;

/** Where a job's result waits. Not with BullMQ's job: events would keep copies. */
export function resultKey(id: string): string {
  return `${REDIS_PREFIX}:result:${id}`;
}
