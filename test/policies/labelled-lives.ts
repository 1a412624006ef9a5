/**
 * Lives of customers as a table that a domain expert can check by reading: a row is a day of one customer, with what
 * happened and what must be so at its end. `lives/README.md` tells how a row is written.
 */
import { readFileSync } from 'node:fs';
import { parseCanonicalLine } from '@tierflow/config/canonical/parse-canonical-line';
import { parseDay } from '@tierflow/customer/epoch-day';
import type { CustomerEvent, EpochDay } from '@tierflow/customer/events';
import type { Place } from './fold-under-policy.ts';

export interface LabelledLives {
  readonly policyFile: string;
  readonly place: Place;
  /** Of these programs every record is labelled, and there are no others. */
  readonly programs: readonly string[];
  readonly events: readonly CustomerEvent[];
  readonly labels: readonly Label[];
  readonly lastDay: EpochDay;
}

/** A record that comes out on the day, or what stands at its end. */
export interface Label {
  readonly line: number;
  readonly day: string;
  readonly customer: string;
  readonly kind: 'record' | 'standing' | 'measure';
  /** Of a record all of it; else the program or measure, and its value. */
  readonly text: string;
  readonly value: string;
}

export function readLives(path: string): LabelledLives {
  const lines = readFileSync(path, 'utf8').split('\n');
  const head = (name: string): string => {
    const line = lines.find(candidate => candidate.startsWith(`${name}: `));
    if (line === undefined) throw new SyntaxError(`${path}: there is no line "${name}: …"`);
    return line.slice(name.length + 2).trim();
  };
  const place = { zone: 'UTC', baseCurrency: head('Currency') };
  const rows = lines.flatMap((text, index) => {
    const cells = /^\| *(\d{4}-\d{2}-\d{2}) *\|([^|]*)\|([^|]*)\|([^|]*)\|$/.exec(text);
    if (cells === null && /^\| *\d/.test(text)) {
      throw new SyntaxError(`${path}:${index + 1}: a row has four cells, the first one a day`);
    }
    if (cells === null) return [];
    const [, day, customer, happened, expected] = cells.map(cell => cell.trim()) as [string, ...string[]];
    return { line: index + 1, day: day!, customer: customer!, happened: happened!, expected: expected! };
  });
  const policyFile = head('Policy');
  return { policyFile, programs: head('Programs').split(', '), place, ...readRows(rows, place, path) };
}

export interface LifeRow {
  readonly line: number;
  readonly day: string;
  readonly customer: string;
  readonly happened: string;
  readonly expected: string;
}

export function readRows(
  rows: readonly LifeRow[],
  place: Place,
  path: string,
): Pick<LabelledLives, 'events' | 'labels' | 'lastDay'> {
  const events: CustomerEvent[] = [];
  const labels: Label[] = [];
  for (const { line, day, customer, happened, expected } of rows) {
    for (const what of partsOf(happened)) {
      events.push(...eventsOf(what, day, customer, events.length, place, `${path}:${line}`));
    }
    for (const what of partsOf(expected)) labels.push({ line, day, customer, ...labelOf(what) });
  }
  const days = rows.map(({ day }) => parseDay(day)!);
  return { events, labels, lastDay: Math.max(...days) };
}

function partsOf(cell: string): string[] {
  return cell
    .split(';')
    .map(part => part.trim())
    .filter(part => part !== '');
}

function labelOf(text: string): Pick<Label, 'kind' | 'text' | 'value'> {
  const stands = /^(\S+) (is|=) (.+)$/.exec(text);
  if (stands === null) return { kind: 'record', text, value: '' };
  const [, name, verb, value] = stands as unknown as [string, string, string, string];
  return { kind: verb === 'is' ? 'standing' : 'measure', text: name, value };
}

const phrases: readonly (readonly [RegExp, (match: readonly string[]) => Record<string, unknown>])[] = [
  [
    /^buys (\d+\.\d\d)(?: with margin (-?\d+\.\d\d))?(?: as (\S+))?$/,
    ([, amount, margin, orderId]) => ({ type: 'purchase', amount, margin, orderId }),
  ],
  [/^gets back (\d+\.\d\d)(?: of (\S+))?$/, ([, amount, orderId]) => ({ type: 'refund', amount, orderId })],
  [
    /^contact by (\S+)(?: about (\S+))?(?: answered after (\d+) s)?(?: at a cost of (\d+\.\d\d))?$/,
    ([, kind, topic, responseSeconds, cost]) => ({
      type: 'interaction',
      kind,
      topic,
      responseSeconds: responseSeconds === undefined ? undefined : Number(responseSeconds),
      cost,
    }),
  ],
  [
    /^(rates|complains) (\d)\/5(?: about (\S+))?$/,
    ([, verb, score, topic]) => ({
      type: 'feedback',
      score: Number(score),
      scale: 5,
      topic,
      complaint: verb === 'complains',
    }),
  ],
  [/^profile (.+)$/, ([, attributes]) => ({ type: 'profile', attributes: attributesOf(attributes!) })],
];

/** `4 × contact by call` is four of them. */
function eventsOf(
  text: string,
  day: string,
  customerId: string,
  count: number,
  place: Place,
  where: string,
): CustomerEvent[] {
  const [, times, phrase] = /^(?:(\d+) × )?(.+)$/.exec(text) as unknown as [string, string | undefined, string];
  for (const [pattern, fieldsOf] of phrases) {
    const match = pattern.exec(phrase);
    if (match === null) continue;
    return Array.from({ length: Number(times ?? 1) }, (_, index) => {
      const fields = fieldsOf(match);
      const isMoney = fields.amount !== undefined;
      const event = {
        ...fields,
        eventId: `e${count + index}`,
        customerId,
        occurredAt: `${day}T12:00:00Z`,
        ...(isMoney && { currency: place.baseCurrency }),
      };
      const context = { ...place, nowMs: null, bootstrap: false, defaultSource: 'lives' };
      const result = parseCanonicalLine(JSON.stringify(event), context);
      if (!result.ok) throw new SyntaxError(`${where}: ${text}: ${result.message.en}`);
      return result.event;
    });
  }
  throw new SyntaxError(`${where}: "${text}" is not understood; lives/README.md tells what can be written`);
}

function attributesOf(text: string): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  for (const [, name, quoted, bare] of text.matchAll(/([^\s=]+)=(?:"([^"]*)"|(\S+))/g)) {
    if (quoted !== undefined) attributes[name!] = quoted;
    else if (bare === 'true' || bare === 'false') attributes[name!] = bare === 'true';
    else if (bare === 'null') attributes[name!] = null;
    else attributes[name!] = /^-?\d+(\.\d+)?$/.test(bare!) ? Number(bare) : bare;
  }
  return attributes;
}
