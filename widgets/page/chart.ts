import type { IRenderMime } from "@jupyterlab/rendermime";
import { Widget } from "@lumino/widgets";

export const plotlyMimeType = "application/vnd.plotly.v1+json";

/** A Plotly chart: drawn here, in the page's colours, without the button that would send it to a cloud. */
export class Chart extends Widget implements IRenderMime.IRenderer {
  #draw: () => void = () => undefined;
  readonly #themes = new MutationObserver(() => {
    this.#draw();
  });

  async renderModel({ data }: IRenderMime.IMimeModel): Promise<void> {
    const figure = data[plotlyMimeType] as Readonly<Record<string, object | undefined>>;
    const config = { ...figure["config"], showSendToCloud: false, displaylogo: false };
    const { default: plotly } = await import("plotly.js-cartesian-dist-min");
    this.#draw = () => {
      const layout = { ...pageColours(this.node), ...figure["layout"] };
      void plotly.react(this.node, (figure["data"] ?? []) as readonly object[], layout, {
        responsive: true,
        ...config,
      });
    };
    this.#themes.observe(document.body, { attributeFilter: ["data-jp-theme-name"] });
    this.#draw();
  }

  override dispose(): void {
    this.#themes.disconnect();
    super.dispose();
  }
}

function pageColours(node: HTMLElement): object {
  const style = getComputedStyle(node);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    gridcolor: colour("--jp-border-color2"),
    zerolinecolor: colour("--jp-border-color1"),
  };
  return {
    autosize: true,
    ...{ paper_bgcolor: "transparent", plot_bgcolor: "transparent" },
    font: { color: colour("--jp-content-font-color1") },
    ...{ xaxis: axis, yaxis: axis },
  };
}
