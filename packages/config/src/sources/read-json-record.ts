/** The bytes of a JSON record to its value. Foreign records may nest, and may be a list. */
import type { Buffer } from 'node:buffer';
import { readJson } from '../canonical/read-json.ts';
import type { RejectedRecord } from './rejected-record.ts';

const depthMax = 64;

export function readJsonRecord(
  bytes: Buffer,
  bytesMax: number,
): { readonly ok: true; readonly value: unknown } | RejectedRecord {
  const json = readJson(bytes, { bytesMax, depthMax }, isObjectOrList);
  return json.ok ? json : { ...json, part: null };
}

function isObjectOrList(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
