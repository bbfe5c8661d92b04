import { Control } from "./control.ts";
import type { UploadedFile } from "./uploaded-file.ts";

/** A control that receives files. */
export abstract class UploadControl<
  Traits extends { value: readonly UploadedFile[]; error: string },
> extends Control<Traits> {
  /** Forgets the files, so that their memory is free. */
  clear(): void {
    this.set({ value: [], error: "" } as unknown as Partial<Traits>);
  }
}
