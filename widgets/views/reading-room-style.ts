/**
 * What widgets with large films share, for the class of their root element. Colours follow JupyterLab's theme variables
 * where there are any; films lie on black in every theme, as on a reading-room screen.
 */
export function readingRoomStyle(root: string): string {
  return `
.${root} {
  --cl-text: var(--jp-ui-font-color1, #1f2328);
  --cl-quiet-text: var(--jp-ui-font-color2, #57606a);
  --cl-surface: var(--jp-layout-color1, #fff);
  --cl-line: var(--jp-border-color2, #d0d7de);
  --cl-accent: #0e9384;
  --cl-film: #0b0d10;
  --cl-film-2: #15181d;
  --cl-film-text: #e6e9ed;
  --cl-film-quiet: #a3adb8;
  --cl-film-line: #2a2f37;
  --cl-glow: #4fd1c5;
  --cl-fault: #ff9a8d;
  box-sizing: border-box;
  container-type: inline-size;
  width: 100%;
  max-width: 1500px;
  margin: 4px 0;
  border: 1px solid var(--cl-line);
  border-radius: 10px;
  background: var(--cl-surface);
  color: var(--cl-text);
  font: 13px/1.4 var(--jp-ui-font-family, system-ui, sans-serif);
  overflow: hidden;
}
@media (prefers-color-scheme: dark) {
  :root:not(:has([data-jp-theme-light])) .${root} {
    --cl-text: #e6e9ed;
    --cl-quiet-text: #a3adb8;
    --cl-surface: #16191e;
    --cl-line: #2f353d;
  }
}
.${root} *, .${root} *::before, .${root} *::after { box-sizing: border-box; }
.${root} .cl-unseen { position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap; border: 0; opacity: 0; }
`;
}
