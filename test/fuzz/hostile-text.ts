/** Text that has hurt somebody before, and documents that were changed by it. */
import fc from 'fast-check';

const words = [
  ...['', ' ', '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'length', 'then'],
  ...['NaN', 'Infinity', '-0', '1e400', '-1e400', '1e-400', '9007199254740993', '0x1F', '0o17', '1_000', '１２'],
  ...[
    'null',
    '~',
    'yes',
    'on',
    'true',
    '2024-02-30',
    '12:34:56',
    '0000-00-00',
    '9999-12-31T23:59:59Z',
    '+010000-01-01',
  ],
  ...[
    '\u0000',
    '\ufeff',
    '\u202egold',
    '\u200f\u200e',
    '\ud800',
    '\udfff\ud800',
    '\u2028',
    'İ',
    'ß',
    'ﬃ',
    '👩‍👩‍👧‍👦',
    'Z͑ͫ̓ͪ',
  ],
  ...[
    '=1+1',
    '{{7*7}}',
    '$' + '{x}',
    "';--",
    '<!DOCTYPE a [<!ENTITY b "c">]>',
    '&b;',
    '%00',
    '../../x',
    '\\',
    '"',
    "'",
    '\t',
    '\r\n',
  ],
];

export const hostileWord = fc.constantFrom(...words);

/** Mostly short; now and then up to 2 MB. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: hostileWord },
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
  {
    weight: 2,
    arbitrary: fc.tuple(hostileWord, fc.constantFrom(65, 129, 257, 1000)).map(([word, n]) => word.repeat(n)),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom('x', '9', ' ', '[', '{"a":', '- ', '\u0000', '金', 'a.'),
        fc.constantFrom(5000, 66_000, 1_100_000),
      )
      .map(([piece, length]) => piece.repeat(length / piece.length)),
  },
);

const token = fc.oneof(
  hostileText.map(text => JSON.stringify(text)),
  fc.constantFrom(
    ...['"\\ud800"', '"\\u0000"', '1e400', '-0', '1E-400', '0.1', '-1', '123456789012345678901234567890'],
  ),
  fc.constantFrom(
    ...['true', 'false', 'null', '9007199254740993', '{}', '[]', '[[]]', '{"":""}', '{"__proto__":{"x":1}}'],
  ),
  fc.constantFrom(
    ...['NaN', 'Infinity', 'undefined', "'x'", '01', '+1', '.5', '1.', '/**/', ',', ']', '}', '"', '\u0000'],
  ),
  fc.constantFrom(10, 70, 1000, 100_000).map(depth => '['.repeat(depth) + ']'.repeat(depth)),
  fc.constantFrom(10, 70, 1000).map(depth => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
  fc
    .constantFrom(60, 300, 20_000)
    .map(count => `{${Array.from({ length: count }, (_, i) => `"k${i}":${i}`).join(',')}}`),
  fc.constantFrom(60, 1001, 20_000).map(count => `[${Array(count).fill('{}').join(',')}]`),
);

/** JSON by its grammar, or nearly so. */
export const jsonText: fc.Arbitrary<string> = fc.letrec<{ value: string }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    token,
    fc.array(tie('value'), { maxLength: 4 }).map(items => `[${items.join(',')}]`),
    fc
      .array(fc.tuple(token, tie('value')), { maxLength: 4 })
      .map(pairs => `{${pairs.map(pair => pair.join(':')).join(',')}}`),
  ),
})).value;

const scalars = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null/g;

/** A valid document, some of its keys and scalars replaced. */
export function alteredJson(documents: readonly string[]): fc.Arbitrary<string> {
  const changes = fc.array(fc.tuple(fc.nat(200), fc.oneof(token, jsonText)), { minLength: 1, maxLength: 3 });
  return fc.tuple(fc.constantFrom(...documents), changes).map(([document, list]) => {
    const count = document.match(scalars)?.length ?? 1;
    const pieces = new Map(list.map(([at, piece]) => [at % count, piece]));
    let index = 0;
    return document.replace(scalars, found => pieces.get(index++) ?? found);
  });
}

type Edit = readonly ['insert' | 'replace' | 'delete' | 'repeat' | 'cut' | 'line', number, number, string];

/** A valid text with pieces put in, taken out and repeated, at any place. */
export function alteredText(texts: readonly string[], piece: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const edit: fc.Arbitrary<Edit> = fc.tuple(
    fc.constantFrom('insert', 'replace', 'delete', 'repeat', 'cut', 'line'),
    fc.nat(1_000_000),
    fc.oneof(fc.nat(12), fc.nat(400)),
    piece,
  );
  return fc
    .tuple(fc.constantFrom(...texts), fc.array(edit, { minLength: 1, maxLength: 4 }))
    .map(([text, edits]) => edits.reduce(applyEdit, text));
}

const repeatedMax = 2_000_000;

function applyEdit(text: string, [kind, place, length, piece]: Edit): string {
  const at = place % (text.length + 1);
  const [before, within, after] = [text.slice(0, at), text.slice(at, at + length), text.slice(at + length)];
  switch (kind) {
    case 'insert':
      return before + piece + text.slice(at);
    case 'replace':
      return before + piece + after;
    case 'delete':
      return before + after;
    case 'repeat':
      return before + within.repeat(Math.min(2 + (place % 2000), Math.ceil(repeatedMax / (length + 1)))) + after;
    case 'cut':
      return before;
    case 'line': {
      const lines = text.split('\n');
      lines.splice(place % lines.length, 0, lines[(place * 7 + length) % lines.length]!);
      return lines.join('\n');
    }
  }
}

type ByteEdit = readonly ['set' | 'insert' | 'delete' | 'repeat' | 'cut', number, number, Uint8Array];

export function alteredBytes(valid: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  const edit: fc.Arbitrary<ByteEdit> = fc.tuple(
    fc.constantFrom('set', 'insert', 'delete', 'repeat', 'cut'),
    fc.nat(1_000_000),
    fc.nat(16),
    fc.oneof(fc.uint8Array({ maxLength: 12 }), fc.constantFrom(...extremeVarints)),
  );
  return fc.tuple(valid, fc.array(edit, { maxLength: 4 })).map(([bytes, edits]) => edits.reduce(applyByteEdit, bytes));
}

/** Lengths and counts of Avro that ask for far more than there is. */
const extremeVarints = [
  'fe01',
  'ffffffff0f',
  'feffffff0f',
  'ffffffffffffffffff01',
  'feffffffffffffffff01',
  'ffffffffffffffffffffff',
  '01',
  '00',
].map(hex => new Uint8Array(Buffer.from(hex, 'hex')));

function applyByteEdit(bytes: Buffer, [kind, place, length, piece]: ByteEdit): Buffer {
  const at = place % (bytes.length + 1);
  const [before, within, after] = [bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at + length)];
  switch (kind) {
    case 'set':
      return Buffer.concat([before, piece, bytes.subarray(at + piece.length)]);
    case 'insert':
      return Buffer.concat([before, piece, bytes.subarray(at)]);
    case 'delete':
      return Buffer.concat([before, after]);
    case 'repeat':
      return Buffer.concat([before, ...Array<Buffer>(2 + (place % 200)).fill(within), after]);
    case 'cut':
      return before;
  }
}
