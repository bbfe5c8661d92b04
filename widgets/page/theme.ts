/** Colours that a reader may choose. */
export const themes = { system: "as the system", light: "light", dark: "dark" } as const;
export type ThemeName = keyof typeof themes;

const storageKey = "counterlab-theme";
const systemIsDark: MediaQueryList = matchMedia("(prefers-color-scheme: dark)");

/** What was chosen before. */
export function themeNow(): ThemeName {
  const stored = localStorage.getItem(storageKey);
  return stored !== null && Object.hasOwn(themes, stored) ? (stored as ThemeName) : "system";
}

export function setTheme(root: HTMLElement, theme: ThemeName): void {
  localStorage.setItem(storageKey, theme);
  apply(root);
}

/** Keeps the page in the chosen colours, also when the system's change. */
export function followTheme(root: HTMLElement): void {
  systemIsDark.addEventListener("change", () => {
    apply(root);
  });
  apply(root);
}

/** JupyterLab's own marks, which widgets and charts look at. */
function apply(root: HTMLElement): void {
  const theme = themeNow();
  const isDark = theme === "dark" || (theme === "system" && systemIsDark.matches);
  for (const name of ["light", "dark"]) {
    const sheet = document.querySelector(`#theme-${name}`);
    sheet?.setAttribute("media", (name === "dark") === isDark ? "all" : "not all");
  }
  root.dataset["theme"] = isDark ? "dark" : "light";
  const name = isDark ? "JupyterLab Dark" : "JupyterLab Light";
  document.body.dataset["jpThemeName"] = name;
  document.body.dataset["jpThemeLight"] = String(!isDark);
}
