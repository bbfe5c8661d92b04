import { readingRoomStyle } from "../reading-room-style.ts";

const ownStyle = `
.cl-bar { display: flex; flex-wrap: wrap; gap: 6px 28px; padding: 10px 14px; }
.cl-heading { width: 100%; margin: 0; font-size: 14px; font-weight: 600; }
.cl-choice { position: relative; display: flex; align-items: baseline; gap: 10px; min-width: 0; margin: 0; padding: 0; border: 0; }
.cl-choice legend { float: left; padding: 0; color: var(--cl-quiet-text); font-size: 12px; line-height: 26px; }
.cl-chips { display: flex; flex-wrap: wrap; gap: 5px; max-height: 92px; overflow: auto; padding: 2px; }
.cl-chip { position: relative; display: block; cursor: pointer; }
.cl-chip span { display: block; padding: 1px 10px; border: 1px solid var(--cl-line); border-radius: 12px; line-height: 20px; color: var(--cl-quiet-text); transition: background 120ms, color 120ms, border-color 120ms; user-select: none; }
.cl-chip:hover span { border-color: var(--cl-accent); }
.cl-chip input:checked + span { color: var(--cl-text); border-color: var(--cl-accent); background: color-mix(in srgb, var(--cl-accent) 16%, transparent); }
.cl-chip input:focus-visible + span { outline: 2px solid var(--cl-accent); outline-offset: 1px; }
.cl-chip:has(input:disabled) { cursor: default; }

.cl-stage { display: grid; grid-template-columns: minmax(0, 1fr); background: var(--cl-film); color: var(--cl-film-text); }
@container (min-width: 1040px) {
  .cl-stage { grid-template-columns: minmax(0, max-content) minmax(540px, 1fr); }
  .cl-stage .cl-detail { border-top: 0; border-left: 1px solid var(--cl-film-line); }
}
.cl-films { position: relative; padding: 14px; overflow: auto; }
.cl-grid { display: grid; grid-template-columns: minmax(104px, 132px) repeat(var(--cl-columns, 1), minmax(48px, 96px)); gap: 5px; width: fit-content; max-width: 100%; }
.cl-row { display: contents; }
.cl-corner { align-self: end; padding: 0 4px 4px 0; color: var(--cl-film-quiet); font-size: 11px; line-height: 1.35; }
.cl-margin { display: flex; min-width: 0; color: var(--cl-film-quiet); font-size: 11.5px; transition: color 120ms; }
.cl-margin span { overflow: hidden; text-overflow: ellipsis; }
.cl-margin canvas { display: block; aspect-ratio: 1; border-radius: 3px; }
.cl-column-margin { flex-direction: column; justify-content: end; gap: 4px; padding-bottom: 6px; font-size: 11px; letter-spacing: -0.01em; line-height: 1.25; text-align: center; }
.cl-column-margin span { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; hyphens: auto; overflow-wrap: break-word; }
.cl-column-margin canvas { width: 100%; }
.cl-row-margin { align-items: center; justify-content: space-between; gap: 8px; padding-right: 6px; }
.cl-row-margin span { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; }
.cl-row-margin canvas { flex: none; width: min(60px, 50%); }
.cl-margin { cursor: grab; touch-action: none; border-radius: 4px; }
.cl-margin:focus-visible { outline: 2px solid #fff; outline-offset: 1px; }
.cl-margin[aria-selected="true"] { outline: 2px dashed var(--cl-glow); outline-offset: 1px; color: var(--cl-glow); }
.cl-carrying .cl-row-margin:hover, .cl-drop.cl-margin { outline: 2px solid var(--cl-glow); outline-offset: 1px; }
.cl-drop.cl-cell { outline-color: var(--cl-glow); }
.cl-given { display: block; color: var(--cl-glow); font-size: 10.5px; line-height: 1.2; }
.cl-given:empty { display: none; }
.cl-cell[data-given]::before { content: ""; position: absolute; z-index: 1; top: 0; right: 0; border: 7px solid; border-color: var(--cl-glow) var(--cl-glow) transparent transparent; border-top-right-radius: 3px; }
.cl-ghost { position: fixed; z-index: 1000; top: 6px; left: 6px; pointer-events: none; opacity: 0.85; }
.cl-ghost canvas { display: block; border: 2px solid var(--cl-glow); border-radius: 4px; background: var(--cl-film-2); }
.cl-severity { display: flex; flex-direction: column; align-items: stretch; gap: 1px; cursor: auto; }
.cl-severity input { width: 100%; min-width: 0; height: 14px; margin: 0; accent-color: var(--cl-glow); }
.cl-severity output { color: var(--cl-film-text); font-size: 10.5px; line-height: 1; font-variant-numeric: tabular-nums; }
.cl-help { max-width: 70ch; margin: 10px 0 0; color: var(--cl-film-quiet); font-size: 11.5px; }
.cl-swaps { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; margin-top: 10px; }
.cl-gifts { flex-basis: 100%; margin: 0; font-size: 12px; }
.cl-gifts:empty { display: none; }
.cl-button[aria-pressed="true"] { border-color: var(--cl-glow); color: var(--cl-glow); }
.cl-panels.cl-four { grid-template-columns: repeat(4, minmax(0, 1fr)); max-width: 1200px; }
.cl-panel[hidden] { display: none; }
.cl-chosen { color: var(--cl-glow); }
.cl-cell { position: relative; aspect-ratio: 1; border-radius: 3px; background: var(--cl-film-2); cursor: pointer; outline: 1px solid transparent; outline-offset: 0; transition: outline-color 100ms; }
.cl-cell canvas { display: block; width: 100%; height: 100%; border-radius: inherit; }
.cl-cell:hover { outline-color: var(--cl-film-text); z-index: 1; }
.cl-cell[aria-selected="true"] { outline: 2px solid var(--cl-glow); outline-offset: 1px; z-index: 2; box-shadow: 0 0 14px color-mix(in srgb, var(--cl-glow) 45%, transparent); }
.cl-cell:focus-visible { outline: 3px solid #fff; outline-offset: 1px; }
.cl-cell:not([data-status="ready"]) canvas { visibility: hidden; }
.cl-cell[data-status="waiting"] { background: linear-gradient(100deg, var(--cl-film-2) 30%, #232830 50%, var(--cl-film-2) 70%) 0 0 / 300% 100%; animation: cl-wait 1.6s linear infinite; }
.cl-cell[data-status="failed"] { box-shadow: inset 0 0 0 1px var(--cl-fault); }
.cl-cell[data-status="failed"]::after { content: attr(data-message); position: absolute; inset: 4px; overflow: hidden; color: var(--cl-fault); font-size: 10px; line-height: 1.25; overflow-wrap: anywhere; }
@keyframes cl-wait { from { background-position: 100% 0; } to { background-position: -50% 0; } }
@media (prefers-reduced-motion: reduce) {
  .cl-cell[data-status="waiting"] { animation: none; }
  .cl-swap * { transition: none !important; }
}
.cl-progress { padding-top: 8px; color: var(--cl-film-quiet); font-size: 12px; font-variant-numeric: tabular-nums; }

.cl-detail { container-type: inline-size; min-width: 0; padding: 14px; border-top: 1px solid var(--cl-film-line); }
.cl-title { margin: 0 0 10px; font-size: 14px; color: var(--cl-film-quiet); }
.cl-title strong { color: var(--cl-film-text); font-weight: 600; }
.cl-swap .cl-quiet { color: var(--cl-film-quiet); }
.cl-panels { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 10px; max-width: 980px; padding-right: 44px; }
.cl-panel { min-width: 0; margin: 0; }
.cl-readings { grid-column: 1 / -1; margin-right: -44px; }
.cl-well { position: relative; aspect-ratio: 1; background: var(--cl-film-2); border-radius: 4px; }
.cl-well canvas { display: block; width: 100%; height: 100%; border-radius: inherit; transition: opacity 120ms; }
.cl-waiting canvas { opacity: 0.12; }
.cl-failed canvas { opacity: 0; }
.cl-draggable { cursor: crosshair; touch-action: none; }
.cl-panel figcaption { margin-top: 5px; color: var(--cl-film-quiet); font-size: 12px; }
.cl-side { position: absolute; top: 4px; padding: 0 4px; border-radius: 3px; background: rgb(0 0 0 / 55%); color: #fff; font: 600 11px/15px var(--jp-ui-font-family, system-ui, sans-serif); pointer-events: none; }
.cl-side-R { left: 4px; }
.cl-side-L { right: 4px; }
.cl-scale { position: absolute; top: 0; bottom: 0; left: calc(100% + 6px); display: flex; gap: 4px; }
.cl-scale-bar { width: 9px; border-radius: 2px; forced-color-adjust: none; }
.cl-scale-labels { display: flex; flex-direction: column; justify-content: space-between; color: var(--cl-film-quiet); font-size: 11px; line-height: 1; font-variant-numeric: tabular-nums; }
.cl-numbers { min-height: 1.4em; margin: 0; color: var(--cl-film-text); }
.cl-number { display: inline; font-weight: 600; font-variant-numeric: tabular-nums; }
.cl-failure-box { display: flex; flex-wrap: wrap; align-items: center; gap: 10px; margin-top: 8px; }
.cl-failure-box[hidden] { display: none; }
.cl-failure { margin: 0; color: var(--cl-fault); overflow-wrap: anywhere; }
.cl-settings { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 18px; margin-top: 12px; padding-top: 12px; border-top: 1px solid var(--cl-film-line); color: var(--cl-film-quiet); font-size: 12px; }
.cl-field { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 6px; min-width: 0; max-width: 100%; }
.cl-field[hidden] { display: none; }
.cl-field select, .cl-button { max-width: 100%; min-height: 24px; padding: 2px 8px; border: 1px solid #3a414b; border-radius: 5px; background: var(--cl-film-2); color: var(--cl-film-text); font: inherit; cursor: pointer; }
.cl-button:hover:not(:disabled), .cl-field select:hover { border-color: var(--cl-glow); }
.cl-button:disabled { color: #8b95a1; cursor: default; }
.cl-field input[type="range"] { width: 92px; accent-color: var(--cl-glow); }
.cl-field input[type="checkbox"] { accent-color: var(--cl-glow); }
.cl-settings :focus-visible, .cl-swaps :focus-visible, .cl-severity :focus-visible, .cl-failure-box :focus-visible { outline: 2px solid #fff; outline-offset: 1px; }
@container (max-width: 620px) {
  .cl-panels, .cl-panels.cl-four { grid-template-columns: repeat(2, minmax(0, 1fr)); padding-right: 0; }
  .cl-readings { grid-column: auto; margin: 0 0 0 44px; }
}
@container (max-width: 560px) {
  .cl-grid { grid-template-columns: minmax(64px, 96px) repeat(var(--cl-columns, 1), minmax(44px, 96px)); }
  .cl-row-margin { flex-direction: column; align-items: start; justify-content: center; gap: 3px; }
}
@container (max-width: 460px) {
  .cl-readings { grid-column: 1 / -1; margin: 0; }
}
@media (forced-colors: active) {
  .cl-swap { --cl-text: CanvasText; --cl-quiet-text: CanvasText; --cl-film-text: CanvasText; --cl-film-quiet: CanvasText; --cl-glow: Highlight; --cl-fault: CanvasText; }
  .cl-swap .cl-chosen { color: CanvasText; }
  .cl-swap .cl-button, .cl-swap .cl-field select { color: ButtonText; }
  .cl-swap canvas { forced-color-adjust: none; }
  .cl-cell[aria-selected="true"] { outline-color: Highlight; }
  .cl-cell[data-given]::before { forced-color-adjust: none; border-color: Highlight Highlight transparent transparent; }
  .cl-chip input:checked + span { border-color: Highlight; border-width: 2px; }
}
`;

/** Films lie on black in every theme. */
export const pathologySwapStyle: string = readingRoomStyle("cl-swap") + ownStyle;
