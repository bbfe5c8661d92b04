/** JupyterLab's share scope: package -> version -> how to get it (module federation). */
export type ShareScope = Readonly<
  Record<string, Readonly<Record<string, SharedVersion>> | undefined>
>;

interface SharedVersion {
  get(): Promise<() => unknown> | (() => unknown);
  readonly loaded?: boolean | number;
}

/**
 * Loads the page's one copy of a package, as all extensions must: the version that is in use, else
 * the newest. `undefined` when no extension brings the package.
 */
export async function loadShared(scope: ShareScope, packageName: string): Promise<unknown> {
  const versions = Object.entries(scope[packageName] ?? {});
  const inUse = versions.filter(([, { loaded }]) => Boolean(loaded));
  const [newest] = (inUse.length > 0 ? inUse : versions).toSorted(([left], [right]) =>
    right.localeCompare(left, "en", { numeric: true }),
  );
  if (newest === undefined) return undefined;
  const factory = await newest[1].get();
  return factory();
}
