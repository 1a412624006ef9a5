/** The prototypes that everything inherits from, as they were, and whether a value inherits from anything else. */
const guarded: readonly object[] = [
  Object,
  Array,
  Function,
  String,
  Number,
  Boolean,
  Symbol,
  Map,
  Set,
  Promise,
  RegExp,
  Date,
  Error,
  Uint8Array,
  Buffer,
].flatMap(builtIn => [builtIn, builtIn.prototype]);

type Snapshot = readonly (readonly [object, ReadonlyMap<PropertyKey, unknown>, object | null])[];

export function snapshotIntrinsics(): Snapshot {
  return guarded.map(object => [object, propertiesOf(object), Object.getPrototypeOf(object)]);
}

/** Throws where something was added, changed or taken away. */
export function assertIntrinsics(snapshot: Snapshot): void {
  for (const [object, properties, prototype] of snapshot) {
    if (Object.getPrototypeOf(object) !== prototype) throw new Error('A built-in inherits from something else.');
    const keys = Reflect.ownKeys(object);
    if (keys.length !== properties.size) {
      const odd = keys.filter(key => !properties.has(key)).map(String);
      throw new Error(`A built-in prototype has changed: ${odd.join(', ') || 'something is gone'}.`);
    }
    for (const key of keys) {
      const { value, get } = Object.getOwnPropertyDescriptor(object, key)!;
      // RegExp.input and its like tell of the last match.
      if (object !== RegExp && !Object.is(properties.get(key), get ?? value)) {
        throw new Error(`${String(key)} of a built-in prototype has changed.`);
      }
    }
  }
}

function propertiesOf(object: object): Map<PropertyKey, unknown> {
  return new Map(
    Reflect.ownKeys(object).map(key => {
      const { value, get } = Object.getOwnPropertyDescriptor(object, key)!;
      return [key, get ?? value];
    }),
  );
}

const plainPrototypes: ReadonlySet<unknown> = new Set([
  null,
  Object.prototype,
  Array.prototype,
  Map.prototype,
  Set.prototype,
  Buffer.prototype,
  Uint8Array.prototype,
  Int32Array.prototype,
]);

/** Nodes and characters of a value. Throws where an object inherits from what is not built in, or could do so by a copy. */
export function sizeOfPlain(value: unknown, sizeMax: number): number {
  const seen = new Set<object>();
  const open: unknown[] = [value];
  let size = 0;
  while (open.length > 0) {
    const node = open.pop();
    size += typeof node === 'string' ? node.length : 1;
    if (size > sizeMax) throw new Error(`The result is larger than ${sizeMax} nodes and characters.`);
    if (typeof node !== 'object' || node === null || seen.has(node)) continue;
    seen.add(node);
    const prototype = Object.getPrototypeOf(node);
    if (!plainPrototypes.has(prototype)) throw new Error(`A result inherits from ${prototype?.constructor?.name}.`);
    if (ArrayBuffer.isView(node)) size += node.byteLength;
    else if (node instanceof Map || node instanceof Set) open.push(...node.keys(), ...node.values());
    else {
      if (prototype !== null && Object.hasOwn(node, '__proto__')) throw new Error('A result has a key __proto__.');
      for (const [key, child] of Object.entries(node)) {
        size += key.length;
        open.push(child);
      }
    }
  }
  return size;
}
