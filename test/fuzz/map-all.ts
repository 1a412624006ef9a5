import type { MappedEvent, Source } from '@tierflow/config/sources/source';

/** `mappingFailed` is how a defect of the mapping itself shows without holding up a topic. */
export function mapAll(source: Source, value: unknown): readonly MappedEvent[] {
  const record = { origin: 'topic/3@1042', key: '7', timestamp: 1.7e12, value };
  const mapped = source.map(record, 1.8e12);
  for (const each of mapped) if (!each.ok && each.reason === 'mappingFailed') throw new Error(each.message.en);
  return mapped;
}
