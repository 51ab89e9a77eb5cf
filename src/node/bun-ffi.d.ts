/** The few names of Bun's foreign function interface that `exec.ts` uses. */
declare module "bun:ffi" {
  type Pointer = number & { readonly __pointer: never };
  type NativeFunction = (...args: readonly unknown[]) => number;
  export function dlopen(
    library: string,
    symbols: Readonly<Record<string, { readonly args: readonly string[]; readonly returns: string }>>,
  ): { readonly symbols: Readonly<Record<string, NativeFunction>> };
  export function ptr(bytes: ArrayBufferView): Pointer;
  export const read: { i32(pointer: number, offset: number): number };
}
