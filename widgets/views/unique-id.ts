/**
 * A name that no other element of the page has. Not `crypto.randomUUID`: browsers keep that from pages that came
 * over plain HTTP from another machine.
 */
export function uniqueId(prefix: string): string {
  return `${prefix}-${Math.random().toString(36).slice(2)}${performance.now().toString(36).replace(".", "")}`;
}
