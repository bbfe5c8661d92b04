import { readingRoomStyle } from "../reading-room-style.ts";

const ownStyle = `
.cl-lx [hidden] { display: none !important; }
.cl-lx p { margin: 0; }
.cl-lx-bar { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 18px; padding: 10px 14px; }
.cl-lx-heading { width: 100%; font-size: 14px; font-weight: 600; overflow-wrap: anywhere; }
.cl-lx-field { display: flex; align-items: center; gap: 6px; color: inherit; }
.cl-lx-field > span { color: var(--cl-quiet-text); }
.cl-lx-field select, .cl-lx-field input[type="number"] { max-width: 210px; height: 26px; padding: 0 6px; border: 1px solid var(--cl-line); border-radius: 5px; background: var(--cl-surface); color: var(--cl-text); font: inherit; }
.cl-lx-field input[type="number"] { width: 68px; }
.cl-lx-progress { color: var(--cl-quiet-text); font-variant-numeric: tabular-nums; }
.cl-lx-stage { --cl-quiet-text: var(--cl-film-quiet); --cl-surface: var(--cl-film-2); --cl-text: var(--cl-film-text); --cl-line: #3a414b; display: grid; grid-template-columns: minmax(0, 1fr); gap: 16px 20px; padding: 14px; background: var(--cl-film); color: var(--cl-film-text); }
.cl-lx-tools { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 16px; margin-bottom: 8px; min-height: 28px; }
.cl-lx-group { display: flex; flex-wrap: wrap; align-items: center; gap: 6px; }
.cl-lx-button { min-width: 28px; height: 26px; padding: 0 9px; border: 1px solid var(--cl-line); border-radius: 5px; background: var(--cl-surface); color: var(--cl-text); font: inherit; cursor: pointer; }
.cl-lx-button:hover:not(:disabled), .cl-lx-field select:hover { border-color: var(--cl-glow); }
.cl-lx-button:disabled { color: #8b95a1; cursor: default; }
.cl-lx-selected { color: var(--cl-glow); font-variant-numeric: tabular-nums; }
.cl-lx-map { min-width: 0; }
.cl-lx-board { position: relative; aspect-ratio: 4 / 3; max-height: 620px; width: 100%; overflow: hidden; border: 1px solid var(--cl-film-line); border-radius: 4px; background: #050608; cursor: crosshair; touch-action: none; user-select: none; }
.cl-lx-board[data-mode="pan"] { cursor: grab; }
.cl-lx-board[data-mode="select"] { cursor: cell; }
.cl-lx-board:focus-visible { outline: 2px solid #fff; outline-offset: 1px; }
.cl-lx-points, .cl-lx-lines { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; }
.cl-lx-lines { overflow: visible; }
.cl-lx-path { fill: none; stroke: #fff; stroke-width: 2; stroke-dasharray: 5 4; vector-effect: non-scaling-stroke; }
.cl-lx-lasso { fill: rgb(79 209 197 / 18%); stroke: var(--cl-glow); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.cl-lx-lasso:not([points]), .cl-lx-lasso[points=""] { display: none; }
.cl-lx-cursor { position: absolute; inset: 0; pointer-events: none; will-change: transform; }
.cl-lx-cursor::before, .cl-lx-cursor::after { content: ""; position: absolute; background: linear-gradient(to right, #fff 36%, transparent 36% 64%, #fff 64%); filter: drop-shadow(0 0 1.5px #000); }
.cl-lx-cursor::before { left: -14px; top: -1px; width: 28px; height: 2px; }
.cl-lx-cursor::after { left: -1px; top: -14px; width: 2px; height: 28px; background: linear-gradient(to bottom, #fff 36%, transparent 36% 64%, #fff 64%); }
.cl-lx-ring { position: absolute; border: 1px dashed rgb(255 255 255 / 55%); border-radius: 50%; pointer-events: none; visibility: hidden; }
.cl-lx-board:focus-visible .cl-lx-ring { visibility: visible; }
.cl-lx-tip { position: absolute; z-index: 2; display: flex; gap: 8px; max-width: 250px; margin: 6px 0 0 14px; padding: 6px; border: 1px solid var(--cl-film-line); border-radius: 6px; background: rgb(21 24 29 / 94%); color: var(--cl-film-text); font-size: 12px; line-height: 1.3; pointer-events: none; }
.cl-lx-tip.cl-lx-flip { margin-left: 0; transform: translateX(calc(-100% - 14px)); }
.cl-lx-tip canvas { flex: none; width: 64px; height: 64px; border-radius: 3px; background: #000; }
.cl-lx-tip strong, .cl-lx-tip span { display: block; overflow-wrap: anywhere; }
.cl-lx-tip span { color: var(--cl-film-quiet); }
.cl-lx-axes { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 2px 14px; margin-top: 4px; min-height: 18px; color: var(--cl-film-quiet); font-size: 12px; }
.cl-lx-legend { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 6px; min-height: 24px; margin-top: 6px; color: var(--cl-film-quiet); font-size: 12px; }
.cl-lx-key { display: flex; align-items: center; gap: 6px; min-height: 24px; padding: 0 8px; border: 1px solid transparent; border-radius: 12px; background: transparent; color: var(--cl-film-text); font: inherit; font-variant-numeric: tabular-nums; cursor: pointer; }
.cl-lx-key:hover { border-color: var(--cl-line); }
.cl-lx-key i, .cl-lx-dot { width: 10px; height: 10px; border-radius: 50%; forced-color-adjust: none; }
.cl-lx-scale { width: 160px; height: 9px; border-radius: 2px; forced-color-adjust: none; }
.cl-lx-help { margin-top: 6px; color: var(--cl-film-quiet); font-size: 12px; }
.cl-lx-help summary { width: fit-content; cursor: pointer; }
.cl-lx-film { min-width: 0; }
.cl-lx-pair { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 1fr); align-items: end; gap: 12px; max-width: 560px; }
.cl-lx figure { min-width: 0; margin: 0; }
.cl-lx figcaption { margin-top: 4px; color: var(--cl-film-quiet); font-size: 12px; line-height: 1.3; }
.cl-lx-well { position: relative; aspect-ratio: 1; border-radius: 4px; background: var(--cl-film-2); contain: layout paint; }
.cl-lx-well canvas { display: block; width: 100%; height: 100%; border-radius: inherit; will-change: transform; }
.cl-lx-failed .cl-lx-well canvas { opacity: 0.25; }
.cl-lx-side { position: absolute; top: 4px; padding: 0 4px; border-radius: 3px; background: rgb(0 0 0 / 55%); color: #fff; font: 600 11px/15px var(--jp-ui-font-family, system-ui, sans-serif); pointer-events: none; }
.cl-lx-side-R { left: 4px; }
.cl-lx-side-L { right: 4px; }
.cl-lx-facts { min-height: 3.9em; margin: 8px 0 !important; color: var(--cl-film-quiet); font-size: 12px; overflow-wrap: anywhere; }
.cl-lx-fault { margin-top: 8px !important; color: var(--cl-fault); overflow-wrap: anywhere; }
.cl-lx-code { display: block; width: 100%; margin-top: 8px; border: 1px solid var(--cl-line); border-radius: 5px; background: var(--cl-film-2); color: var(--cl-film-text); font: 11px/1.4 var(--jp-code-font-family, monospace); resize: vertical; }
.cl-lx-codes { min-width: 0; }
.cl-lx-columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr)); gap: 12px 26px; align-items: start; }
.cl-lx-group-box { min-width: 0; margin: 0; padding: 0; border: 0; }
.cl-lx-group-box legend { padding: 0; font-size: 13px; font-weight: 600; }
.cl-lx-group-box legend::first-letter { text-transform: uppercase; }
.cl-lx-sliders { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 230px), 1fr)); gap: 8px 18px; margin: 4px 0 8px; }
.cl-lx-slider { min-width: 0; }
.cl-lx-slider label { display: block; }
.cl-lx-slider-name { display: flex; justify-content: space-between; gap: 8px; font-size: 12px; }
.cl-lx-readout { color: var(--cl-film-quiet); font-variant-numeric: tabular-nums; }
.cl-lx-slider input[type="range"] { display: block; width: calc(100% - 100% / 7 + 16px); height: 20px; margin: 0 calc(100% / 14 - 8px); accent-color: var(--cl-glow); }
.cl-lx-strip { display: grid; grid-template-columns: repeat(7, minmax(0, 1fr)); gap: 2px; min-height: 20px; transition: opacity 150ms; }
.cl-lx-strip canvas { display: block; width: 100%; aspect-ratio: 1; border-radius: 2px; background: var(--cl-film-2); cursor: pointer; }
.cl-lx-stale, .cl-lx figure.cl-lx-stale .cl-lx-well { opacity: 0.5; }
.cl-lx figure.cl-lx-stale { opacity: 1; }
.cl-lx-subheading { font-weight: 600; }
.cl-lx-quiet { color: var(--cl-film-quiet); font-size: 12px; }
.cl-lx-around, .cl-lx-route { display: flex; flex-direction: column; gap: 6px; min-width: 0; }
.cl-lx-neighbours { display: grid; gap: 3px; width: 100%; max-width: 330px; transition: opacity 150ms; }
.cl-lx-row { display: grid; grid-template-columns: repeat(5, minmax(0, 1fr)); gap: 3px; }
.cl-lx-cell { aspect-ratio: 1; border-radius: 2px; background: var(--cl-film-2); cursor: pointer; }
.cl-lx-cell canvas { display: block; width: 100%; height: 100%; border-radius: inherit; }
.cl-lx-cell:hover { outline: 1px solid var(--cl-film-text); }
.cl-lx-cell[aria-label="here"] { outline: 2px solid var(--cl-glow); }
.cl-lx-cell:focus-visible { outline: 3px solid #fff; outline-offset: 1px; }
.cl-lx-search { width: 118px; height: 26px; padding: 0 6px; border: 1px solid var(--cl-line); border-radius: 5px; background: var(--cl-surface); color: var(--cl-text); font: inherit; }
.cl-lx-search[aria-invalid="true"] { border-color: var(--cl-fault, #d55e00); }
.cl-lx-end { color: var(--cl-film-quiet); overflow-wrap: anywhere; }
.cl-lx-side-by-side { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 270px), 1fr)); gap: 16px 26px; min-width: 0; }
.cl-lx-bar :focus-visible { outline: 2px solid var(--cl-accent); outline-offset: 1px; }
.cl-lx-stage .cl-lx-button:focus-visible, .cl-lx-stage select:focus-visible, .cl-lx-stage input:focus-visible, .cl-lx-key:focus-visible, .cl-lx-help summary:focus-visible { outline: 2px solid #fff; outline-offset: 1px; }
@container (min-width: 760px) {
  .cl-lx-stage { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); }
  .cl-lx-codes, .cl-lx-side-by-side { grid-column: 1 / -1; }
}
@container (min-width: 1240px) {
  .cl-lx-stage { grid-template-columns: minmax(0, 5fr) minmax(0, 3fr) minmax(0, 2.4fr); }
  .cl-lx-side-by-side { grid-column: 3; grid-row: 1; grid-template-columns: minmax(0, 1fr); align-content: start; }
}
@media (prefers-reduced-motion: reduce) { .cl-lx * { transition: none !important; } }
@media (forced-colors: active) {
  .cl-lx { --cl-film: Canvas; --cl-film-2: Canvas; --cl-film-text: CanvasText; --cl-film-quiet: CanvasText; --cl-glow: Highlight; --cl-fault: CanvasText; --cl-surface: Canvas; --cl-text: CanvasText; --cl-quiet-text: CanvasText; }
  .cl-lx-stage { --cl-surface: Canvas; --cl-text: CanvasText; --cl-quiet-text: CanvasText; }
  .cl-lx-stage .cl-lx-button, .cl-lx-stage select, .cl-lx-stage input, .cl-lx-selected { background: Canvas; color: CanvasText; }
  .cl-lx-tip, .cl-lx-side { background: Canvas; color: CanvasText; }
  .cl-lx-board, .cl-lx canvas, .cl-lx-cursor, .cl-lx-lines, .cl-lx-ring { forced-color-adjust: none; }
  .cl-lx-cell[aria-label="here"] { outline-color: Highlight; }
}
`;

/** Films and the map lie on black in every theme. */
export const latentExplorerStyle: string = readingRoomStyle("cl-lx") + ownStyle;
