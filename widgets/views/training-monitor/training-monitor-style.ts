/** Colours follow JupyterLab's theme variables where there are any; its own rules for lists in outputs are undone. */
export const trainingMonitorStyle = `
.cl-training {
  --cl-text: var(--jp-ui-font-color1, #1f2328);
  --cl-quiet-text: var(--jp-ui-font-color2, #57606a);
  --cl-surface: var(--jp-layout-color1, #fff);
  --cl-line: var(--jp-border-color2, #d0d7de);
  --cl-accent: #0e7f73;
  --cl-fault: #b3261e;
  --cl-curve-0: #6b7785;
  --cl-curve-1: #0e7f73;
  --cl-curve-2: #b4550f;
  box-sizing: border-box;
  container-type: inline-size;
  width: 100%;
  max-width: 900px;
  margin: 4px 0;
  padding: 12px 14px 14px;
  border: 1px solid var(--cl-line);
  border-radius: 10px;
  background: var(--cl-surface);
  color: var(--cl-text);
  font: 13px/1.4 var(--jp-ui-font-family, system-ui, sans-serif);
}
[data-jp-theme-light="false"] .cl-training { --cl-accent: #4fd1c5; --cl-fault: #ff9a8d; --cl-curve-0: #a3adb8; --cl-curve-1: #4fd1c5; --cl-curve-2: #ffb074; }
@media (prefers-color-scheme: dark) {
  :root:not(:has([data-jp-theme-light])) .cl-training {
    --cl-text: #e6e9ed; --cl-quiet-text: #a3adb8; --cl-surface: #16191e; --cl-line: #2f353d;
    --cl-accent: #4fd1c5; --cl-fault: #ff9a8d; --cl-curve-0: #a3adb8; --cl-curve-1: #4fd1c5; --cl-curve-2: #ffb074;
  }
}
.cl-training *, .cl-training *::before, .cl-training *::after { box-sizing: border-box; }
.cl-training [hidden] { display: none; }
.cl-training-head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 12px; }
.cl-training-title { margin: 0; font-size: 14px; font-weight: 600; overflow-wrap: anywhere; }
.cl-training-phase { color: var(--cl-quiet-text); }
.cl-training-phase[data-phase="running"] { color: var(--cl-accent); }
.cl-training-phase[data-phase="failed"], .cl-training-phase[data-phase="interrupted"] { color: var(--cl-fault); font-weight: 600; }
.cl-training-bar { display: block; width: 100%; height: 6px; margin: 10px 0; border: 0; border-radius: 3px; overflow: hidden; appearance: none; background: var(--cl-line); accent-color: var(--cl-accent); }
.cl-training-bar::-webkit-progress-bar { background: var(--cl-line); }
.cl-training-bar::-webkit-progress-value { background: var(--cl-accent); }
.cl-training-bar::-moz-progress-bar { background: var(--cl-accent); }
.cl-training dl.cl-training-readings { display: flex; flex-wrap: wrap; gap: 4px 26px; margin: 0; }
.cl-training dl.cl-training-readings > div { width: auto; }
.cl-training-readings div { display: flex; gap: 6px; }
.cl-training dl.cl-training-readings dt { float: none; width: auto; color: var(--cl-quiet-text); font-weight: 400; }
.cl-training dl.cl-training-readings dd { float: none; width: auto; margin: 0; font-variant-numeric: tabular-nums; font-weight: 600; }
.cl-training-plot { display: block; width: 100%; height: 200px; margin: 10px 0; }
.cl-training-plot text { fill: var(--cl-quiet-text); font-size: 11px; font-variant-numeric: tabular-nums; }
.cl-training-plot .cl-grid-line { stroke: var(--cl-line); stroke-width: 1; }
.cl-training-plot polyline { fill: none; stroke-width: 1.75; stroke-linejoin: round; }
.cl-training-key { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0; padding: 0; list-style: none; color: var(--cl-quiet-text); font-size: 12px; }
.cl-training-key li { display: flex; align-items: center; gap: 6px; }
.cl-training-key i { width: 18px; height: 0; border-top: 2.5px solid; }
.cl-training-controls { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; margin-top: 12px; }
.cl-training-controls button { height: 28px; padding: 0 12px; border: 1px solid var(--cl-line); border-radius: 5px; background: transparent; color: var(--cl-text); font: inherit; cursor: pointer; }
.cl-training-controls button:hover:not(:disabled) { border-color: var(--cl-accent); }
.cl-training-controls button:disabled { color: var(--cl-quiet-text); opacity: 0.75; cursor: default; }
.cl-training-rate { display: flex; align-items: center; gap: 6px; margin-left: auto; }
.cl-training-rate input { width: 104px; height: 28px; padding: 0 8px; border: 1px solid var(--cl-line); border-radius: 5px; background: transparent; color: var(--cl-text); font: inherit; font-variant-numeric: tabular-nums; }
.cl-training :focus-visible { outline: 2px solid var(--cl-accent); outline-offset: 1px; }
.cl-training-fault { margin: 10px 0 0; color: var(--cl-fault); overflow-wrap: anywhere; }
.cl-training-message { margin: 8px 0 0; color: var(--cl-quiet-text); overflow-wrap: anywhere; }
.cl-training-sample { margin: 12px 0 0; }
.cl-training-sample img { display: block; max-width: 100%; border-radius: 4px; }
.cl-training-sample figcaption { margin-top: 4px; color: var(--cl-quiet-text); font-size: 12px; }
.cl-unseen { position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap; border: 0; opacity: 0; }
@media (forced-colors: active) { .cl-training-bar { forced-color-adjust: none; } }
`;
