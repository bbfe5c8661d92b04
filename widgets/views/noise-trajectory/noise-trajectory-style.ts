export const noiseTrajectoryStyle = `
.cl-noise .cl-phase { color: var(--cl-accent); }
.cl-noise .cl-phase[data-phase="failed"] { color: var(--cl-fault); font-weight: 600; }
.cl-noise-charts { display: grid; grid-template-columns: minmax(0, 1fr); gap: 10px 18px; margin-top: 10px; }
@container (min-width: 760px) { .cl-noise-charts { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
@container (min-width: 760px) and (max-width: 1239px) { .cl-noise-charts > :last-child { grid-column: 1 / -1; } }
@container (min-width: 1240px) { .cl-noise-charts { grid-template-columns: repeat(3, minmax(0, 1fr)); } }
.cl-noise .cl-chart-name { font-size: 12px; font-weight: 600; line-height: 28px; }
.cl-noise .cl-chart-head { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 8px; }
.cl-noise .cl-chart { min-width: 0; min-height: 260px; overflow: hidden; }
.cl-noise .cl-films-of { display: grid; grid-template-columns: repeat(4, minmax(0, 200px)); gap: 10px; margin-top: 10px; }
@container (max-width: 480px) { .cl-noise .cl-films-of { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
.cl-noise .cl-scrubber { display: flex; align-items: center; gap: 10px; margin-top: 12px; }
.cl-noise .cl-scrubber input { flex: 1 1 80px; min-width: 60px; max-width: 420px; }
.cl-noise .cl-play { min-width: 68px; }
.cl-noise .cl-sample-choice { min-width: 0; margin: 10px 0 0; padding: 0; border: 0; }
.cl-noise .cl-sample-choice legend { padding: 0; color: var(--cl-quiet-text); font-size: 12px; }
.cl-noise .cl-samples { display: flex; flex-wrap: wrap; gap: 6px; }
.cl-noise .cl-sample { position: relative; display: flex; flex-direction: column; align-items: center; min-width: 28px; padding: 3px; border: 2px solid var(--cl-line); border-radius: 5px; cursor: pointer; font-size: 11px; line-height: 14px; }
.cl-noise .cl-sample canvas { display: block; width: 52px; height: 52px; border-radius: 3px; }
.cl-noise .cl-sample:has(:checked) { border-color: var(--cl-accent); font-weight: 600; }
.cl-noise .cl-sample:has(:focus-visible) { outline: 2px solid var(--cl-accent); outline-offset: 2px; }
.cl-noise .cl-compare { margin-top: 10px; }
@media (forced-colors: active) { .cl-noise .cl-sample:has(:checked) { border-color: Highlight; } }
`;
