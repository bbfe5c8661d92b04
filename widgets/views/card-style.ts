/** What widgets that look like a card share; colours follow JupyterLab's theme variables where there are any. */
export const cardStyle = `
.cl-card {
  --cl-text: var(--jp-ui-font-color1, #1f2328);
  --cl-quiet-text: var(--jp-ui-font-color2, #57606a);
  --cl-surface: var(--jp-layout-color1, #fff);
  --cl-line: var(--jp-border-color2, #d0d7de);
  --cl-accent: #0b6e63;
  --cl-fault: #b3261e;
  --cl-film: #0b0d10;
  box-sizing: border-box;
  container-type: inline-size;
  width: 100%;
  max-width: 1500px;
  margin: 4px 0;
  padding: 12px 14px 14px;
  border: 1px solid var(--cl-line);
  border-radius: 10px;
  background: var(--cl-surface);
  color: var(--cl-text);
  font: 13px/1.4 var(--jp-ui-font-family, system-ui, sans-serif);
}
[data-jp-theme-light="false"] .cl-card { --cl-accent: #4fd1c5; --cl-fault: #ff9a8d; }
@media (prefers-color-scheme: dark) {
  :root:not(:has([data-jp-theme-light])) .cl-card {
    --cl-text: #e6e9ed; --cl-quiet-text: #a3adb8; --cl-surface: #16191e; --cl-line: #3a414b;
    --cl-accent: #4fd1c5; --cl-fault: #ff9a8d;
  }
}
.cl-card *, .cl-card *::before, .cl-card *::after { box-sizing: border-box; }
.cl-card [hidden] { display: none !important; }
.cl-card p { margin: 0; }
.cl-card-head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 12px; margin-bottom: 8px; }
.cl-card-title { font-size: 14px; font-weight: 600; overflow-wrap: anywhere; }
.cl-card .cl-quiet { color: var(--cl-quiet-text); }
.cl-card .cl-failure { color: var(--cl-fault); overflow-wrap: anywhere; }
.cl-card button, .cl-card select, .cl-card input[type="text"] { min-height: 28px; padding: 0 10px; border: 1px solid var(--cl-line); border-radius: 5px; background: var(--cl-surface); color: var(--cl-text); font: inherit; }
.cl-card button, .cl-card select { cursor: pointer; }
.cl-card button:hover:not(:disabled), .cl-card select:hover { border-color: var(--cl-accent); }
.cl-card button:disabled { color: var(--cl-quiet-text); opacity: 0.75; cursor: default; }
.cl-card button[aria-pressed="true"] { border-color: var(--cl-accent); color: var(--cl-accent); }
.cl-card input[type="range"] { accent-color: var(--cl-accent); }
.cl-card :focus-visible { outline: 2px solid var(--cl-accent); outline-offset: 1px; }
.cl-card .cl-row-of { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; }
.cl-card .cl-well { position: relative; aspect-ratio: 1; background: var(--cl-film); border-radius: 4px; overflow: hidden; }
.cl-card .cl-well canvas { display: block; width: 100%; height: 100%; }
.cl-card .cl-side { position: absolute; top: 4px; padding: 0 4px; border-radius: 3px; background: #000; color: #fff; font: 600 11px/15px var(--jp-ui-font-family, system-ui, sans-serif); pointer-events: none; }
.cl-card .cl-side-R { left: 4px; }
.cl-card .cl-side-L { right: 4px; }
.cl-card figure { min-width: 0; margin: 0; }
.cl-card figcaption { margin-top: 4px; color: var(--cl-quiet-text); font-size: 12px; }
.cl-card .cl-unseen { position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap; border: 0; opacity: 0; }
@media (prefers-reduced-motion: reduce) { .cl-card * { transition: none !important; animation: none !important; } }
@media (forced-colors: active) { .cl-card canvas { forced-color-adjust: none; } }
`;
