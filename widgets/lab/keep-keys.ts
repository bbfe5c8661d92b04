/** JupyterLab leaves an element's keys alone when the element itself (not one around it) says so. */
const suppressAttribute = "data-lm-suppress-shortcuts";

/**
 * Keeps plain keys inside `root` from JupyterLab, whose notebook would move between cells on arrows
 * and add one on "b"; Ctrl and Cmd shortcuts such as saving still reach it, but for undo and redo, which are the widget's
 * (or a text field's) own here.
 */
export function keepKeys(root: HTMLElement, signal: AbortSignal): void {
  const decide = (event: KeyboardEvent): void => {
    const { target, ctrlKey, metaKey, key } = event;
    if (!(target instanceof Element) || !root.contains(target)) return;
    const isOurs = (!ctrlKey && !metaKey) || ["z", "y"].includes(key.toLowerCase());
    target.toggleAttribute(suppressAttribute, isOurs);
  };
  // On the window, because JupyterLab listens on the document, in the capture phase too.
  window.addEventListener("keydown", decide, { capture: true, signal });
}
