/** Something a widget was given that it cannot work with; the message says what is allowed. */
export class WidgetInputError extends Error {
  override readonly name = "WidgetInputError";
}

/** A widget was closed while something waited for it. */
export class WidgetClosedError extends Error {
  override readonly name = "WidgetClosedError";
}
