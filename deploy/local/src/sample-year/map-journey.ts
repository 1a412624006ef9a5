/** The journey's records to events, through the same sources file as intake, without topics. */
import { readFileSync } from 'node:fs';
import { parseSources } from '@tierflow/config/sources/parse-sources';
import { formatFileProblems } from '@tierflow/config/yaml/format-file-problems';
import type { CustomerEvent } from '@tierflow/customer/events';
import type { CompleteJourney } from './complete-journey.ts';
import { foreignRecordsOf } from './foreign-records.ts';
import { wavesOf } from './waves.ts';

export interface JourneyMapping {
  readonly journey: CompleteJourney;
  readonly sourcesFile: string;
  readonly zone: string;
  readonly baseCurrency: string;
}

export interface MappedJourney {
  readonly events: readonly CustomerEvent[];
  /** By reason, how many records were no events. */
  readonly rejected: ReadonlyMap<string, number>;
}

/** Of the source topics. Which one a record takes decides the wave that it waits for. */
const sourcePartitions = 4;

/** In the order in which the feeder writes the records and intake reads them. */
export function mapJourney({ journey, sourcesFile, zone, baseCurrency }: JourneyMapping): MappedJourney {
  const result = parseSources(readFileSync(sourcesFile, 'utf8'), { zone, baseCurrency });
  if (!result.ok) throw new SyntaxError(formatFileProblems(sourcesFile, result.problems));
  const sources = new Map(result.sources.map(source => [source.topic, source]));
  const events: CustomerEvent[] = [];
  const rejected = new Map<string, number>();
  const ends = new Map<string, number>();
  for (let day = journey.firstDay; day <= journey.lastDay; day++) {
    const waves = wavesOf(foreignRecordsOf(journey.dayOf(day)), sourcePartitions);
    for (const { topic, partition, key, value } of waves.flat()) {
      const place = `${topic}/${partition}`;
      const offset = ends.get(place) ?? 0;
      ends.set(place, offset + 1);
      // As text and back, which is how intake gets it: an attribute that is undefined is then no attribute.
      const record = { origin: `${place}@${offset}`, key, timestamp: null, value: JSON.parse(JSON.stringify(value)) };
      for (const mapped of sources.get(topic)!.map(record, Number.MAX_SAFE_INTEGER)) {
        if (mapped.ok) events.push(mapped.event);
        else rejected.set(mapped.reason, (rejected.get(mapped.reason) ?? 0) + 1);
      }
    }
  }
  return { events, rejected };
}
