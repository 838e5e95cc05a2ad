import { setFlagsFromString } from 'node:v8';

/** How many objects are compared: V8 takes another way after the first dozen. */
const enough = 40;

/**
 * Whether all objects that `make` makes have one hidden class of V8's. Code that reads objects of many classes is
 * optimized, given up and optimized again.
 */
export function sharesHiddenClass(make: (index: number) => object): boolean {
  setFlagsFromString('--allow-natives-syntax');
  const areAlike = new Function('a', 'b', 'return %HaveSameMap(a, b)');
  const objects = Array.from({ length: enough }, (_, index) => make(index));
  return objects.every((one) => areAlike(one, objects[0]) === true);
}
