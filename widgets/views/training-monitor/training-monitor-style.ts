/** Beside `cardStyle`; JupyterLab's rules for lists in outputs are undone. */
export const trainingMonitorStyle = `
.cl-training { --cl-curve-0: #6b7785; --cl-curve-1: #0e7f73; --cl-curve-2: #b4550f; max-width: 900px; }
[data-jp-theme-light="false"] .cl-training { --cl-curve-0: #a3adb8; --cl-curve-1: #4fd1c5; --cl-curve-2: #ffb074; }
@media (prefers-color-scheme: dark) {
  :root:not(:has([data-jp-theme-light])) .cl-training { --cl-curve-0: #a3adb8; --cl-curve-1: #4fd1c5; --cl-curve-2: #ffb074; }
}
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
.cl-training-key i { width: 18px; height: 0; border-top: 2.5px solid; forced-color-adjust: none; }
.cl-training .cl-row-of { margin-top: 12px; }
.cl-training .cl-failure { margin-top: 10px; }
.cl-training-rate { display: flex; align-items: center; gap: 6px; margin-left: auto; }
.cl-training .cl-training-rate input { width: 104px; font-variant-numeric: tabular-nums; }
.cl-training .cl-training-message { margin: 8px 0 0; color: var(--cl-quiet-text); overflow-wrap: anywhere; }
.cl-training .cl-training-sample { margin: 12px 0 0; }
.cl-training-sample img { display: block; max-width: 100%; border-radius: 4px; }
@media (forced-colors: active) { .cl-training-bar { forced-color-adjust: none; } }
`;
