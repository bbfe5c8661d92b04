import { setTimeout as delay } from "node:timers/promises";
import type {
  CheckMode,
  ErrorReply,
  ExecuteReply,
  Header,
  JsonObject,
  Message,
  ToUser,
} from "../protocol/index.ts";
import type { ReplyMessage } from "./channels.ts";
import { settlesWithin } from "./deferred.ts";
import type { ExecutionTurn } from "./execution-queue.ts";
import { helpRequest } from "./help-request.ts";
import type { History } from "./history.ts";
import type { Iopub } from "./iopub.ts";
import type { LazyTypes } from "./lazy-types.ts";
import { describeProblems, type TypeProblem } from "./type-service/type-problem.ts";
import { UserProcessEndedError, type UserProcess } from "./user-process.ts";

export interface CellRunnerOptions {
  readonly iopub: Iopub;
  readonly history: History;
  readonly types: LazyTypes;
  /** What type errors do until a cell says otherwise by `%check`. */
  readonly check: CheckMode;
  readonly reply: (message: Message, reply: ReplyMessage) => void;
  /** The process that runs cells: a new one when the last has ended. */
  readonly user: () => UserProcess;
  /** Takes out the requests that wait behind this one. */
  readonly takeWaiting: (header: Header) => ExecutionTurn[];
  /** Told when a cell has ended, before its reply. */
  readonly onEnd: (header: Header) => void;
}

/** How long a failed cell waits for the requests that it stops: a front end may have sent them together with it. */
const stopGraceMs = 5;
/** Type errors that are found later than this after the cell's end come after idle, whoever reads them. */
const checkWaitMs = 300;

/** Runs execute requests: everything that their sender hears, from busy to idle. */
export class CellRunner {
  readonly #options: CellRunnerOptions;
  readonly #running = new Map<string, Promise<unknown>>();
  #executionCount = 0;
  #check: CheckMode;
  #newest: Message | undefined;
  /** How often the running cells were asked to stop. */
  #stops = 0;

  constructor(options: CellRunnerOptions) {
    this.#options = options;
    this.#check = options.check;
  }

  /** The execute request that runs, or ran last. */
  get newest(): Message | undefined {
    return this.#newest;
  }

  /** Takes notice of a Stop; `isAgain` tells whether the running cells were asked before. */
  noteStop(): { readonly isAgain: boolean; readonly ended: Promise<unknown> } {
    this.#stops += 1;
    return { isAgain: this.#stops > 1, ended: Promise.all(this.#running.values()) };
  }

  /** Runs one request; resolves when the next may start, and never rejects. */
  async run({ message, request }: ExecutionTurn): Promise<void> {
    const { iopub, history, types, onEnd } = this.#options;
    const { header } = message;
    const { code, silent } = request;
    if (this.#running.size === 0) this.#stops = 0;
    this.#newest = message;
    if (request.store_history) this.#executionCount += 1;
    const count = this.#executionCount;
    this.#check = checkModeAfter(code, this.#check);
    const isStrict = this.#check === "strict";
    const topic = helpRequest(code);
    const isTyped = !silent && topic === undefined;
    const isChecked = isTyped && this.#check !== "off";
    // Sent before anything else is done, which then happens beside it: what it says comes in a later turn of the event loop.
    const running =
      topic === undefined && !(isChecked && isStrict)
        ? this.#execute({ message, request }, count)
        : undefined;
    iopub.status("busy", header);
    if (request.store_history) history.add(count, code);
    if (!silent) {
      const content = { code, execution_count: count };
      iopub.publish({ msgType: "execute_input", content, parent: header });
    }
    // Front ends show what comes after idle; programs that run notebooks, which answer no questions, stop reading there.
    const later = !isStrict && request.allow_stdin;
    const problems = isChecked ? types.check(code, { isBinding: isStrict, later }) : undefined;
    const verdict = { isKnown: false };
    void problems?.then(() => {
      verdict.isKnown = true;
    });
    if (isTyped && !isChecked) void types.add(code, { later });
    const cell = { label: `Cell [${count}]`, source: code };
    const refusal = problems !== undefined && isStrict ? refuse(await problems, cell) : undefined;
    let reply: ExecuteReply;
    if (refusal !== undefined) reply = { ...refusal, execution_count: count, payload: [] };
    else if (topic !== undefined) reply = await this.#help(topic, header, count);
    else reply = await (running ?? this.#execute({ message, request }, count));
    onEnd(header);
    if (reply.status === "error" && !silent) {
      const { ename, evalue, traceback } = reply;
      iopub.publish({ msgType: "error", content: { ename, evalue, traceback }, parent: header });
    }
    const isStop = reply.status === "error" && request.stop_on_error;
    // Before the reply, because what is sent after it must run.
    if (isStop) await delay(stopGraceMs);
    const aborted = isStop ? this.#options.takeWaiting(header) : [];
    this.#reply(message, reply);
    if (problems !== undefined && reply.status === "ok") {
      const shown = this.#showProblems(problems, cell, header);
      // The result is out already; only idle waits, so that what belongs to the cell comes before it.
      if (!later || verdict.isKnown) await settlesWithin(shown, checkWaitMs);
    }
    iopub.status("idle", header);
    for (const turn of aborted) this.abort(turn);
  }

  /** Answers a request that is not run because one before it failed or was stopped. */
  abort({ message }: ExecutionTurn): void {
    const { iopub } = this.#options;
    iopub.status("busy", message.header);
    this.#reply(message, { status: "aborted", execution_count: this.#executionCount });
    iopub.status("idle", message.header);
  }

  async #execute(
    { message: { header, metadata }, request }: ExecutionTurn,
    count: number,
  ): Promise<ExecuteReply> {
    const end = { execution_count: count, payload: [] };
    try {
      const user = this.#options.user();
      if (!user.wasReady) await user.ready;
      const { cellId, deletedCells } = metadata;
      if (Array.isArray(deletedCells) && deletedCells.length > 0) {
        user.send({ type: "discard_cells", cellIds: deletedCells.map(String) });
      }
      const order: Extract<ToUser, { type: "execute" }> = {
        type: "execute",
        parent: header,
        request,
        executionCount: count,
        check: this.#check,
        ...(typeof cellId === "string" ? { cellId } : {}),
      };
      const execution = user.execute(order);
      this.#running.set(
        header.msg_id,
        execution.catch(() => undefined),
      );
      // A stop that came while the process was starting found nothing to stop.
      if (this.#stops > 0) void user.interrupt({ force: false });
      const outcome = await execution;
      if (outcome.status === "error") return { ...outcome, ...end };
      return { status: "ok", ...end, user_expressions: outcome.userExpressions };
    } catch (error) {
      return { ...errorReply(error), ...end };
    } finally {
      this.#running.delete(header.msg_id);
    }
  }

  /** Answers a cell like `Math.max?`: front ends show the page in a pane of its own. */
  async #help(topic: string, parent: Header, count: number): Promise<ExecuteReply> {
    const payload: JsonObject[] = [];
    try {
      const { found, data } = await this.#options.types.inspect(topic, topic.length);
      if (found) payload.push({ source: "page", data, start: 0 });
      else this.#options.iopub.stream("stdout", `Object \`${topic}\` not found.\n`, parent);
    } catch (error) {
      return { ...errorReply(error), execution_count: count, payload };
    }
    return { status: "ok", execution_count: count, payload, user_expressions: {} };
  }

  #reply(message: Message, content: ExecuteReply): void {
    const metadata = { status: content.status };
    this.#options.reply(message, { msgType: "execute_reply", content, metadata });
  }

  async #showProblems(
    problems: Promise<readonly TypeProblem[]>,
    cell: CellText,
    parent: Header,
  ): Promise<void> {
    const text = describeProblems(await problems, cell);
    // Whole already: it need not wait for more.
    const content = { name: "stderr", text };
    if (text !== "") this.#options.iopub.publish({ msgType: "stream", content, parent });
  }
}

interface CellText {
  readonly label: string;
  readonly source: string;
}

/** The mode that a cell's `%check` line sets, from this cell on. */
function checkModeAfter(code: string, mode: CheckMode): CheckMode {
  // A cell of another language is text.
  if (/^\s*%%(?!time)/.test(code)) return mode;
  const orders = [...code.matchAll(/^[ \t]*%check[ \t]+(strict|warn|off)[ \t]*$/gm)];
  return (orders.at(-1)?.[1] as CheckMode | undefined) ?? mode;
}

/** The reply to a cell that must not run, if it must not. */
function refuse(problems: readonly TypeProblem[], cell: CellText): ErrorReply | undefined {
  if (problems.length === 0) return undefined;
  const count = `${problems.length} type error${problems.length === 1 ? "" : "s"}`;
  const ename = "TypeCheckError";
  const evalue = `${count}; the cell was not run, because %check is strict`;
  const text = describeProblems(problems, cell).trimEnd();
  const headline = `\u001b[31m${ename}\u001b[39m: ${evalue}`;
  return { status: "error", ename, evalue, traceback: [headline, ...text.split("\n")] };
}

/** What any failure becomes in a reply. */
export function errorReply(error: unknown): ErrorReply {
  const { name: ename, message } = error instanceof Error ? error : new Error(String(error));
  const evalue = error instanceof UserProcessEndedError ? describeLoss(error) : message;
  return { status: "error", ename, evalue, traceback: [`\u001b[31m${ename}\u001b[39m: ${evalue}`] };
}

/** What the notebook is told when the process that held its variables is gone. */
export function describeLoss({ message }: UserProcessEndedError): string {
  return `The process that runs the cells ended: ${message}. All variables are lost; a new process has been started.`;
}
