declare module "plotly.js-cartesian-dist-min" {
  interface Plotly {
    react(node: HTMLElement, data: never, layout: object, config: object): Promise<unknown>;
  }
  const plotly: Plotly;
  export default plotly;
}
