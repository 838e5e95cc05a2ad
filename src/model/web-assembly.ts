/** As much of WebAssembly as is used; TypeScript's own types come with those of a browser. */
interface Engine {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}

/** The memory of a module. */
export interface ModuleMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): void;
}

/** The unit in which a memory grows, in bytes. */
export const pageSize = 64 * 1024;

/**
 * Makes an instance of a module (base64), with what it imports. Returns what it exports; null: this engine has no
 * WebAssembly, or no memory for it.
 */
export function instanceOf<Exports extends { readonly memory: ModuleMemory }>(
  module: string,
  imports: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {},
): Exports | null {
  try {
    const { Module, Instance } = (globalThis as unknown as { WebAssembly: Engine }).WebAssembly;
    return new Instance(new Module(Buffer.from(module, 'base64')), imports).exports as Exports;
  } catch {
    return null;
  }
}
