/**
 * YAML as a plain value, with the place of every node. Only the plain part of YAML is accepted: string keys, no anchors,
 * aliases, tags or second documents. An alias is what makes a small file huge, and a file that says everything where it
 * stands is easier to review.
 */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { isForbiddenKey } from '../canonical/field-reader.ts';
import { type FileProblem, problemsMax } from './file-problem.ts';

/** Bounds the time and the memory of all that follows. */
const textLengthMax = 65_536;
const depthMax = 32;

export type Path = readonly (string | number)[];

export interface YamlSource {
  readonly value: unknown;
  /** Where the value at the path stands; its nearest parent where it is missing. */
  readonly placeOf: (path: Path) => Place;
  readonly placeOfKey: (path: Path, key: string) => Place;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

export type YamlResult =
  | { readonly ok: true; readonly source: YamlSource }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

/**
 * `firstKeys`: what an empty file should begin with, in words. `decimals`: places, joined by /, where a number is handed
 * over as the text that it is written with: a float would lose digits.
 */
export function readYaml(text: string, firstKeys: string, decimals: readonly RegExp[] = []): YamlResult {
  if (text.length > textLengthMax) {
    const message = `The file has ${text.length} characters; ${textLengthMax} are allowed.`;
    return {
      ok: false,
      problems: [{ line: 1, column: 1, path: [], message, remedy: 'Split it into several files.' }],
    };
  }
  const lineCounter = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  let document: Document.Parsed;
  try {
    document = parseDocument(text, { lineCounter, prettyErrors: false, stringKeys: true, uniqueKeys: false });
  } catch (error) {
    // The parser recurses; text nested some ten thousand levels deep ends its stack.
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, problems: [{ line: 1, column: 1, path: [], ...tooDeep }] };
  }

  const problems: FileProblem[] = worthReporting([...document.errors, ...document.warnings]).map(error => ({
    ...place(openingQuote(document, error) ?? error.pos[0]),
    path: [],
    ...explain(error, text),
  }));
  if (problems.length === 0) {
    inspect(document.contents, [], (offset, path, what) => {
      if (problems.length < problemsMax) problems.push({ ...place(offset), path, ...what });
    });
  }
  if (problems.length === 0 && document.contents === null) {
    problems.push({
      line: 1,
      column: 1,
      path: [],
      message: 'The file is empty.',
      remedy: `Begin with ${firstKeys}.`,
    });
  }
  if (problems.length > 0) return { ok: false, problems };

  keepDecimals(document.contents, '', decimals);
  const startOf = (node: unknown): Place => place(isNode(node) ? (node.range?.[0] ?? 0) : 0);
  const placeOf = (path: Path): Place => {
    if (path.length === 0) return startOf(document.contents);
    const parent = path.slice(0, -1);
    const last = path.at(-1)!;
    const node = document.getIn(path, true);
    if (isScalar(node) || typeof last === 'number') return isNode(node) ? startOf(node) : placeOf(parent);
    // A map or a list begins on the line after its key: the key is where the reader looks.
    return placeOfKey(parent, last);
  };
  const placeOfKey = (path: Path, key: string): Place => {
    const map = path.length === 0 ? document.contents : document.getIn(path, true);
    const pair = isMap(map) ? map.items.find(item => isScalar(item.key) && item.key.value === key) : undefined;
    return pair ? startOf(pair.key) : placeOf(path);
  };
  return { ok: true, source: { value: document.toJS({ maxAliasCount: 0 }), placeOf, placeOfKey } };
}

function keepDecimals(node: unknown, path: string, decimals: readonly RegExp[]): void {
  if (decimals.length === 0) return;
  const below = (key: unknown): string => (path === '' ? String(key) : `${path}/${key}`);
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) keepDecimals(item, below(index), decimals);
  } else if (isMap(node)) {
    for (const { key, value } of node.items) keepDecimals(value, below(isScalar(key) ? key.value : key), decimals);
  } else if (isScalar(node) && typeof node.value === 'number' && node.source !== undefined) {
    if (decimals.some(place => place.test(path))) node.value = node.source;
  }
}

/** Keys that are no text are independent of one another; of the errors of grammar the first causes most of the rest. */
function worthReporting(errors: readonly YAMLError[]): readonly YAMLError[] {
  const ofKeys = errors.filter(({ code }) => code === 'NON_STRING_KEY').slice(0, problemsMax);
  const ofGrammar = errors.filter(({ code }) => code !== 'NON_STRING_KEY').sort((a, b) => a.pos[0] - b.pos[0]);
  return ofGrammar.length > 0 ? ofGrammar.slice(0, 1) : ofKeys;
}

/** A quote that is never closed is noticed at the end of the file; where it opens is what must be mended. */
function openingQuote(document: Document.Parsed, error: YAMLError): number | null {
  if (error.code !== 'MISSING_CHAR') return null;
  let opening: number | null = null;
  visit(document, {
    Scalar(_key, { type, range }) {
      const isQuoted = type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE';
      if (isQuoted && range && range[0] < error.pos[0] && error.pos[0] <= range[2]) opening = range[0];
    },
  });
  return opening;
}

type What = Pick<FileProblem, 'message' | 'remedy'>;

const tooDeep: What = {
  message: `The file is nested deeper than ${depthMax} levels.`,
  remedy: 'Ten are enough: flatten it.',
};

const keyTwice: What = { message: 'This key stands here twice.', remedy: 'Keep one of the two.' };

/** What the grammar allows and these files do not. */
function inspect(node: Node | null, path: Path, report: (offset: number, path: Path, what: What) => void): void {
  if (node === null) return;
  const at = node.range?.[0] ?? 0;
  if (isAlias(node)) {
    report(at, path, { message: `*${node.source} refers to another place.`, remedy: 'Write the value out.' });
  } else if (node.anchor !== undefined) {
    report(at, path, {
      message: `&${node.anchor} marks a value for reuse.`,
      remedy: 'Remove the anchor and write values out.',
    });
  }
  if (node.tag !== undefined && !isPlainTag(node.tag)) {
    report(at, path, { message: `Tag ${node.tag} is not allowed.`, remedy: 'Remove the tag.' });
  }
  if (path.length > depthMax) {
    report(at, path, tooDeep);
  } else if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) inspect(item as Node | null, [...path, index], report);
  } else if (isMap(node)) {
    // The parser would compare every key with every other one.
    const keys = new Set<string>();
    for (const pair of node.items) {
      if (!isPair(pair) || !isScalar(pair.key)) continue;
      const key = String(pair.key.value);
      if (keys.has(key)) report(pair.key.range?.[0] ?? at, [...path, key], keyTwice);
      keys.add(key);
      if (!isForbiddenKey(key) && key !== '<<') inspect(pair.value as Node | null, [...path, key], report);
      else report(pair.key.range?.[0] ?? at, [...path, key], forbiddenKey(key));
    }
  }
}

function forbiddenKey(key: string): What {
  return {
    message: `Key ${key} is not allowed.`,
    remedy: key === '<<' ? 'Write the values out.' : 'Choose another name.',
  };
}

function isPlainTag(tag: string): boolean {
  return /^tag:yaml\.org,2002:(map|seq|str|int|float|bool|null)$/.test(tag);
}

/** The parser's findings in words for somebody who writes files, not parsers. */
function explain(error: YAMLError, text: string): What {
  const rest = text.slice(error.pos[0], error.pos[1]).split('\n')[0]!.trim().slice(0, 40);
  switch (error.code) {
    case 'NON_STRING_KEY':
      return { message: 'This key is not text.', remedy: 'Put the key in quotes.' };
    case 'TAB_AS_INDENT':
      return { message: 'A tab is used for indentation.', remedy: 'Indent with spaces.' };
    case 'MULTIPLE_DOCS':
      return { message: 'A second document begins here.', remedy: 'Put each document into a file of its own.' };
    case 'BAD_INDENT':
    case 'MULTILINE_IMPLICIT_KEY':
      return {
        message: 'The indentation does not fit the lines around it.',
        remedy: 'Align it with its neighbours, or close the bracket before it.',
      };
    case 'MISSING_CHAR':
    case 'BAD_SCALAR_START':
    case 'BLOCK_AS_IMPLICIT_KEY':
      return {
        message: `This is not YAML: ${lower(error.message)}.`,
        remedy: 'Close brackets and quotes; put text that holds : or # in quotes.',
      };
    case 'RESOURCE_EXHAUSTION':
      return tooDeep;
    case 'TAG_RESOLVE_FAILED':
      return { message: `Tag ${rest} is not allowed.`, remedy: 'Remove the tag.' };
    case 'BAD_ALIAS':
      return { message: `${rest} refers to a place that is not there.`, remedy: 'Write the value out.' };
    default:
      return { message: `This is not YAML: ${lower(error.message)}.`, remedy: 'Compare it with a file that works.' };
  }
}

function lower(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1).replace(/\.$/, '');
}
