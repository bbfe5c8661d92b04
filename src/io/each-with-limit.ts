/** Visits items in their order, so many at once. */
export async function eachWithLimit<Item>(
  items: readonly Item[],
  limit: number,
  visit: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      await visit(items[index]!, index);
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
}
