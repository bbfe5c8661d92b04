/** The part of Plotly that we use. */
declare module "plotly.js-cartesian-dist-min" {
  interface Plotly {
    react(
      node: HTMLElement,
      data: readonly object[],
      layout: object,
      config: object,
    ): Promise<unknown>;
    purge(node: HTMLElement): void;
  }
  const plotly: Plotly;
  export default plotly;
}
