import { NetstatError } from '../../../errors.ts';
import type { Native, NativeFunction } from '../../native.ts';

/** Declares a function of a library. */
export type Declare = (declaration: string) => NativeFunction;

/** Declares functions of a library; throws an error that names the function if this Windows lacks it. */
export function openLibrary(native: Native, name: string): Declare {
  const library = native.load(name);
  return (declaration) => {
    try {
      return library.func(declaration);
    } catch (cause) {
      const call = /(\w+)\(/.exec(declaration)?.[1] ?? declaration;
      throw new NetstatError('unsupported', `this Windows has no ${call} in ${name}`, {
        path: name,
        cause,
      });
    }
  };
}
