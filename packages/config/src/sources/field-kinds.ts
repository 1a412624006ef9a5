/** What a mapping knows of the canonical fields: what each of them holds, and which of them an event cannot be without. */
import { type CanonicalType, fieldsByType } from '../canonical/read-customer-event.ts';

export type FieldKind =
  | 'id'
  | 'label'
  | 'choice'
  | 'text'
  | 'time'
  | 'date'
  | 'money'
  | 'currency'
  | 'seconds'
  | 'number'
  | 'boolean';

/** `attributes` is a map of such fields, each of them a scalar. */
const kinds = {
  eventId: 'id',
  customerId: 'id',
  occurredAt: 'time',
  orderId: 'id',
  amount: 'money',
  currency: 'currency',
  margin: 'money',
  channel: 'label',
  kind: 'label',
  topic: 'label',
  responseSeconds: 'seconds',
  cost: 'money',
  score: 'number',
  scale: 'number',
  complaint: 'boolean',
  program: 'label',
  tier: 'label',
  until: 'date',
  actor: 'id',
  reason: 'text',
} as const satisfies Record<string, FieldKind>;

export type MappedField = keyof typeof kinds;
export const mappedFields = Object.keys(kinds) as readonly MappedField[];

export function kindOf(field: MappedField, type: CanonicalType): FieldKind {
  return field === 'kind' && type === 'override' ? 'choice' : kinds[field];
}

export const overrideKinds = ['pin', 'floor', 'cap'] as const;

const needed: Readonly<Record<CanonicalType, readonly string[]>> = {
  purchase: ['amount', 'currency'],
  refund: ['amount', 'currency'],
  interaction: ['kind'],
  feedback: ['score', 'scale'],
  profile: ['attributes'],
  override: ['program', 'kind', 'tier', 'actor', 'reason'],
  overrideEnd: ['program', 'actor', 'reason'],
  forget: ['actor', 'reason'],
};

export function neededFields(type: CanonicalType): readonly string[] {
  return ['customerId', 'occurredAt', ...needed[type]];
}

/** Type and source are what the sources file itself says. */
export function possibleFields(type: CanonicalType): readonly string[] {
  return fieldsByType[type].filter(field => field !== 'type' && field !== 'source');
}

export const unitsByKind: Partial<Record<FieldKind, readonly string[]>> = {
  money: ['major', 'minor'],
  time: ['iso', 'epochSeconds', 'epochMillis', 'date'],
  seconds: ['seconds', 'milliseconds', 'minutes'],
};
