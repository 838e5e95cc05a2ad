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
 * Makes an instance of a module (base64), with what it imports, and so many bytes of memory behind its own. Returns
 * what it exports; null: this engine has no WebAssembly, or no memory for it.
 */
export function instanceOf<Exports extends { readonly memory: ModuleMemory }>(
  module: string,
  size: number,
  imports: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {},
): Exports | null {
  try {
    const { Module, Instance } = (globalThis as unknown as { WebAssembly: Engine }).WebAssembly;
    const instance = new Instance(new Module(Buffer.from(module, 'base64')), imports);
    const exports = instance.exports as Exports;
    exports.memory.grow(Math.ceil(size / pageSize));
    return exports;
  } catch {
    return null;
  }
}
