export const reportReaderStyle = `
.cl-report { --cl-positive: #9a3412; --cl-negative: #475569; --cl-uncertain: #6d28d9; }
[data-jp-theme-light="false"] .cl-report { --cl-positive: #fdba74; --cl-negative: #b6c2d1; --cl-uncertain: #d0b7ff; }
@media (prefers-color-scheme: dark) {
  :root:not(:has([data-jp-theme-light])) .cl-report { --cl-positive: #fdba74; --cl-negative: #b6c2d1; --cl-uncertain: #d0b7ff; }
}
.cl-report [data-presence="positive"] { --cl-presence: var(--cl-positive); --cl-underline: solid; }
.cl-report [data-presence="negative"] { --cl-presence: var(--cl-negative); --cl-underline: dotted; }
.cl-report [data-presence="uncertain"] { --cl-presence: var(--cl-uncertain); --cl-underline: dashed; }
.cl-report-parts { display: grid; grid-template-columns: minmax(0, 1fr); gap: 14px 22px; }
@container (min-width: 640px) and (max-width: 1079px) {
  .cl-report-parts.cl-with-film { grid-template: auto 1fr / minmax(0, 1fr) minmax(250px, 400px); }
  .cl-report-parts.cl-with-film > :nth-child(2) { grid-area: 1 / 2 / span 2; }
  .cl-report-parts.cl-with-film > figure { max-width: 380px; }
}
@container (min-width: 1080px) { .cl-report-parts, .cl-report-parts.cl-with-film { grid-template-columns: minmax(0, 1fr) minmax(380px, 1fr) minmax(0, 320px); } }
.cl-report-well { position: relative; min-width: 0; }
.cl-report-text { max-width: 72ch; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 14px; line-height: 1.75; }
.cl-report mark { border-radius: 3px; background: color-mix(in srgb, var(--cl-presence) 12%, transparent); color: var(--cl-text); text-decoration: underline var(--cl-underline) 2px var(--cl-presence); text-underline-offset: 3px; cursor: pointer; }
.cl-report mark.cl-lit { background: color-mix(in srgb, var(--cl-presence) 30%, transparent); }
.cl-report mark sup { margin-left: 1px; color: var(--cl-presence); font-weight: 700; line-height: 0; user-select: none; }
.cl-tip { position: absolute; z-index: 10; max-width: 100%; padding: 4px 8px; border: 1px solid var(--cl-line); border-radius: 5px; background: var(--cl-surface); box-shadow: 0 2px 10px rgb(0 0 0 / 25%); font-size: 12px; pointer-events: none; }
.cl-tip div { color: var(--cl-presence); }
.cl-report ul.cl-findings { display: grid; gap: 8px; align-content: start; margin: 0; padding: 0; list-style: none; }
.cl-report .cl-finding { min-width: 0; padding: 8px 10px; border: 1px solid var(--cl-line); border-left: 4px var(--cl-underline) var(--cl-presence); border-radius: 6px; }
.cl-report .cl-finding.cl-lit { background: color-mix(in srgb, var(--cl-presence) 9%, transparent); }
.cl-report .cl-finding-name { margin-bottom: 6px; color: var(--cl-presence); font-weight: 600; overflow-wrap: anywhere; }
.cl-report .cl-finding select, .cl-report .cl-finding button { min-height: 26px; padding: 0 4px; font-size: 12px; }
.cl-report .cl-evidence { width: 100%; margin-top: 6px; font-size: 12px; }
.cl-report .cl-add { margin-top: 10px; }
.cl-report .cl-add input { flex: 1 1 160px; min-width: 0; }
.cl-report .cl-zone { position: absolute; width: 38%; border: 2px dashed #ffd08a; border-radius: 10px; pointer-events: none; }
.cl-report .cl-draggable { cursor: crosshair; touch-action: none; }
@media (forced-colors: active) { .cl-report mark { background: Mark; color: MarkText; } .cl-report mark.cl-lit { outline: 2px solid Highlight; } .cl-report .cl-finding.cl-lit { border-color: Highlight; } }
`;
