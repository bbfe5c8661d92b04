import assert from "node:assert/strict";
import type { JupyterClient, ReceivedMessage } from "../../support/jupyter-client.ts";

export interface Frame {
  readonly id: number;
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly source?: { readonly path: string };
}

export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly type?: string;
  readonly variablesReference: number;
}

/** A front end's debugger, as JupyterLab's speaks. */
export class DebugClient {
  readonly #client: JupyterClient;
  #seq = 0;
  #after = -1;

  constructor(client: JupyterClient) {
    this.#client = client;
  }

  /** Sends a request and returns the whole response. */
  async send(command: string, args: object = {}): Promise<Record<string, unknown>> {
    this.#seq += 1;
    const request = { type: "request", seq: this.#seq, command, arguments: args };
    const { content } = await this.#client.request("control", "debug_request", request);
    assert.equal(content["type"], "response");
    assert.equal(content["command"], command);
    assert.equal(content["request_seq"], this.#seq);
    return content;
  }

  /** Sends a request that must succeed, and returns the body. */
  async ask<Body = Record<string, unknown>>(command: string, args: object = {}): Promise<Body> {
    const { success, message, body } = await this.send(command, args);
    assert.equal(success, true, `${command}: ${String(message)}`);
    return body as Body;
  }

  async start(): Promise<void> {
    await this.ask("initialize", { clientID: "test", linesStartAt1: true, columnsStartAt1: true });
    await this.ask("attach");
  }

  /** Sets the breakpoints of a cell; returns its path and the lines that they came to. */
  async breakAt(code: string, ...lines: number[]): Promise<{ path: string; lines: number[] }> {
    const { sourcePath: path } = await this.ask<{ sourcePath: string }>("dumpCell", { code });
    return { path, lines: await this.breakInFile(path, ...lines) };
  }

  async breakInFile(path: string, ...lines: number[]): Promise<number[]> {
    const { breakpoints } = await this.ask<{ breakpoints: { line: number }[] }>("setBreakpoints", {
      source: { path },
      breakpoints: lines.map((line) => ({ line })),
      sourceModified: false,
    });
    return breakpoints.map(({ line }) => line);
  }

  /** The next event of a kind that was not waited for yet. */
  async event(name: string): Promise<Record<string, unknown>> {
    const isIt = ({ type, content }: ReceivedMessage): boolean =>
      type === "debug_event" && content["event"] === name;
    const message = await this.#client.next(isIt, { after: this.#after });
    this.#after = message.order;
    return message.content["body"] as Record<string, unknown>;
  }

  /** Waits for a stop; returns why. */
  async stopped(): Promise<string> {
    return String((await this.event("stopped"))["reason"]);
  }

  async frames(): Promise<Frame[]> {
    return (await this.ask<{ stackFrames: Frame[] }>("stackTrace", { threadId: 1 })).stackFrames;
  }

  /** The call stack as "name:line", the innermost frame first. */
  async stack(): Promise<string> {
    return (await this.frames()).map(({ name, line }) => `${name}:${line}`).join(" < ");
  }

  /** Takes one step, and says where it led. */
  async step(command: "next" | "stepIn" | "stepOut"): Promise<string> {
    await this.ask(command, { threadId: 1 });
    await this.stopped();
    return this.stack();
  }

  async variables(reference: number): Promise<Variable[]> {
    const body = await this.ask<{ variables: Variable[] }>("variables", {
      variablesReference: reference,
    });
    return body.variables;
  }

  /** The number of a frame; 0 is the innermost. */
  async frameId(depth = 0): Promise<number> {
    return (await this.frames())[depth]!.id;
  }

  /** The variables of one scope of a frame, by name. */
  async scope(name: string, depth = 0): Promise<Record<string, string>> {
    const frameId = await this.frameId(depth);
    const { scopes } = await this.ask<{ scopes: { name: string; variablesReference: number }[] }>(
      "scopes",
      { frameId },
    );
    const scope = scopes.find((candidate) => candidate.name === name);
    if (scope === undefined) return {};
    const variables = await this.variables(scope.variablesReference);
    return Object.fromEntries(variables.map((variable) => [variable.name, variable.value]));
  }

  async evaluate(expression: string, depth = 0): Promise<string> {
    const request = { expression, frameId: await this.frameId(depth), context: "repl" };
    return (await this.ask<{ result: string }>("evaluate", request)).result;
  }
}
