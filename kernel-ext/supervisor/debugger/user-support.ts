import {
  debugSupportKey,
  type DebugVariable,
  type JsonObject,
  type ScriptOrigin,
} from "../../protocol/index.ts";
import type { CdpClient } from "./cdp-client.ts";
import { DebugRequestError } from "./dap.ts";

/** 1-based line and column of a source. */
export type LineColumn = readonly [line: number, column: number];

/** What CDP says of a value. */
export interface RemoteValue {
  readonly type: string;
  readonly value?: unknown;
  readonly objectId?: string | undefined;
  readonly unserializableValue?: string | undefined;
  readonly description?: string | undefined;
}

interface Evaluated {
  readonly result: RemoteValue;
  readonly exceptionDetails?: ExceptionDetails;
}

export interface ExceptionDetails {
  readonly text: string;
  readonly exception?: RemoteValue;
}

const support = `globalThis[Symbol.for(${JSON.stringify(debugSupportKey)})]`;

/** Calls the `DebugSupport` of the user process, through the inspector: it answers while the code stands still, or computes. */
export class UserSupport {
  readonly #cdp: CdpClient;

  constructor(cdp: CdpClient) {
    this.#cdp = cdp;
  }

  origins(urls: readonly string[]): Promise<(ScriptOrigin | null)[]> {
    return this.#ask("origins", [urls]);
  }

  locate(url: string, places: readonly LineColumn[]): Promise<(LineColumn | null)[]> {
    return this.#ask("locate", [url, places]);
  }

  globals(): Promise<DebugVariable[]> {
    return this.#ask("globals", []);
  }

  children(
    reference: number,
    range: { readonly start?: number | undefined; readonly count?: number | undefined },
  ): Promise<DebugVariable[]> {
    return this.#ask("children", [reference, range]);
  }

  renamed(): Promise<Readonly<Record<string, string>>> {
    return this.#ask("renamed", []);
  }

  richGlobal(name: string): Promise<JsonObject | undefined> {
    return this.#ask("richGlobal", [name], { awaitPromise: true });
  }

  async flush(): Promise<void> {
    await this.#ask("flush", []);
  }

  forgetScopes(): void {
    this.#ask("forgetScopes", []).catch(() => undefined);
  }

  keepScopes(
    scopes: readonly RemoteValue[],
    {
      extra,
      withGlobals,
    }: {
      readonly extra: readonly (readonly [string, RemoteValue])[];
      readonly withGlobals: boolean;
    },
  ): Promise<number> {
    const names = JSON.stringify(extra.map(([name]) => name));
    const values = [...extra.map(([, value]) => value), ...scopes];
    const body = `(...all) => {
      const names = ${names};
      const extra = Object.fromEntries(names.map((name, index) => [name, all[index]]));
      return ${support}.keepScopes(extra, ${withGlobals}, ...all.slice(names.length));
    }`;
    return this.#call(body, values);
  }

  show(value: RemoteValue): Promise<DebugVariable> {
    return this.#call(`(value) => ${support}.show(value)`, [value]);
  }

  richNow(value: RemoteValue): Promise<JsonObject> {
    return this.#call(`(value) => ${support}.richNow(value)`, [value]);
  }

  async copyToGlobals(name: string, value: RemoteValue): Promise<void> {
    await this.#call(`(value) => ${support}.copyToGlobals(${JSON.stringify(name)}, value)`, [
      value,
    ]);
  }

  /** Calls with plain data; breakpoints do not stop what is called. Code that stands still cannot await. */
  async #ask<Result>(
    method: string,
    args: readonly unknown[],
    { awaitPromise = false } = {},
  ): Promise<Result> {
    const evaluated = await this.#cdp.send<Evaluated>("Runtime.evaluate", {
      expression: `${support}.${method}(...${JSON.stringify(args)})`,
      ...{ returnByValue: true, silent: true, disableBreaks: true, awaitPromise },
    });
    return valueOf(evaluated) as Result;
  }

  /** Calls with values of the user process, while it stands still. */
  async #call<Result>(
    functionDeclaration: string,
    values: readonly RemoteValue[],
  ): Promise<Result> {
    const { result: self } = await this.#cdp.send<Evaluated>("Runtime.evaluate", {
      expression: support,
      ...{ silent: true, objectGroup },
    });
    const evaluated = await this.#cdp.send<Evaluated>("Runtime.callFunctionOn", {
      functionDeclaration,
      objectId: self.objectId,
      arguments: values.map(argumentOf),
      ...{ returnByValue: true, silent: true },
    });
    return valueOf(evaluated) as Result;
  }
}

/** Group of what is kept in the user process until the code runs on. */
export const objectGroup = "counterlab";

function argumentOf({ objectId, unserializableValue, value }: RemoteValue): object {
  if (objectId !== undefined) return { objectId };
  return unserializableValue === undefined ? { value } : { unserializableValue };
}

function valueOf({ result, exceptionDetails }: Evaluated): unknown {
  if (exceptionDetails !== undefined) throw new DebugRequestError(exceptionText(exceptionDetails));
  return result.value;
}

/** An error in one line, or with its stack where it has one. */
export function exceptionText({ text, exception }: ExceptionDetails): string {
  return exception?.description ?? (exception === undefined ? text : String(exception.value));
}
