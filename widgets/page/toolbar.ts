import type { KernelStatus } from "../models/notebook-run.ts";
import { setTheme, themes, themeNow, type ThemeName } from "./theme.ts";

export interface ToolbarOptions {
  readonly title: string;
  readonly stop: () => void;
  readonly runAgain: () => void;
  readonly showCode: (isShown: boolean) => void;
}

export interface RunProgress {
  readonly done: number;
  readonly of: number;
  readonly isRunning: boolean;
  readonly hasFailed: boolean;
}

export interface Toolbar {
  readonly element: HTMLElement;
  tellProgress(progress: RunProgress): void;
  tellKernel(status: KernelStatus, reason?: string): void;
  tellLost(): void;
}

/** The page's head: what it is, how the run stands, and the few things to do about it. */
export function createToolbar({ title, stop, runAgain, showCode }: ToolbarOptions): Toolbar {
  const element = document.createElement("header");
  // The notebook has a heading of its own.
  const heading = document.createElement("strong");
  heading.textContent = title;
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", "cells run");
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  const stopButton = button("Stop", stop);
  const againButton = button("Run again", runAgain);
  element.append(
    heading,
    bar,
    status,
    stopButton,
    againButton,
    codeSwitch(showCode),
    themeChoice(),
  );

  let kernel: KernelStatus = "starting";
  let reason = "";
  let progress: RunProgress = { done: 0, of: 0, isRunning: false, hasFailed: false };
  const show = (): void => {
    bar.max = Math.max(progress.of, 1);
    bar.value = progress.done;
    const isUnderWay = kernel === "starting" || progress.isRunning;
    bar.hidden = !isUnderWay;
    stopButton.disabled = !isUnderWay && kernel !== "busy";
    const text = statusText(kernel, reason, progress);
    // Screen readers say it again whenever it is set.
    if (status.textContent !== text) status.textContent = text;
  };
  show();
  return {
    element,
    tellProgress(now) {
      progress = now;
      show();
    },
    tellKernel(now, why = "") {
      kernel = now;
      reason = why;
      show();
    },
    tellLost() {
      status.textContent = "The connection is lost; trying again.";
    },
  };
}

/** The head of a page that has neither kernel nor server. */
export function createOfflineToolbar({
  title,
  showCode,
}: Pick<ToolbarOptions, "title" | "showCode">): HTMLElement {
  const element = document.createElement("header");
  const heading = document.createElement("strong");
  heading.textContent = title;
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  status.textContent = "Saved: there is no kernel here.";
  element.append(heading, status, codeSwitch(showCode), themeChoice());
  return element;
}

function codeSwitch(showCode: (isShown: boolean) => void): HTMLButtonElement {
  const element = button("Show code", () => {
    const isShown = element.getAttribute("aria-pressed") !== "true";
    element.setAttribute("aria-pressed", String(isShown));
    showCode(isShown);
  });
  element.setAttribute("aria-pressed", "false");
  return element;
}

function statusText(kernel: KernelStatus, reason: string, progress: RunProgress): string {
  if (kernel === "starting") return "Starting the kernel …";
  if (kernel === "ended") return `The kernel ended (${reason}). "Run again" starts a new one.`;
  if (progress.isRunning) return `Running: ${progress.done} of ${progress.of} cells done.`;
  if (progress.hasFailed) return "A cell failed.";
  return "Ready.";
}

function button(text: string, act: () => void): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = text;
  element.addEventListener("click", act);
  return element;
}

function themeChoice(): HTMLElement {
  const label = document.createElement("label");
  const select = document.createElement("select");
  for (const [name, text] of Object.entries(themes)) {
    select.append(new Option(text, name, false, name === themeNow()));
  }
  select.addEventListener("change", () => {
    setTheme(document.documentElement, select.value as ThemeName);
  });
  label.append("Theme ", select);
  return label;
}
