/** Lines of canonical events, and lines of an exported log. */
import { parseLogLine } from '@tierflow/config/canonical/log-line';
import { parseCanonicalLine } from '@tierflow/config/canonical/parse-canonical-line';
import fc from 'fast-check';
import { readLogText } from '../../golden/golden-logs.ts';
import { alteredBytes, alteredJson, alteredText, hostileText, jsonText } from '../hostile-text.ts';
import type { FuzzSubject } from '../subject.ts';

const at = '"occurredAt":"2024-05-31T10:00:00Z"';
const head = `"eventId":"e1","source":"shop","customerId":"c1",${at}`;
const canonical = [
  `{"type":"purchase",${head},"orderId":"o1","amount":"12.50","currency":"GBP","margin":"-1.00","channel":"web"}`,
  `{"type":"refund",${head},"orderId":"o1","amount":"2.50","currency":"GBP"}`,
  `{"type":"interaction",${head},"kind":"call","topic":"t","responseSeconds":30,"cost":"1.20"}`,
  `{"type":"feedback",${head},"score":4.5,"scale":5,"complaint":true}`,
  `{"type":"profile",${head},"attributes":{"region":"north","seats":12,"key":true,"gone":null}}`,
  `{"type":"override",${head},"program":"value","kind":"pin","tier":"gold","until":"2024-12-31","actor":"ada","reason":"because"}`,
  `{"type":"overrideEnd",${head},"program":"value","actor":"ada","reason":"because"}`,
  `{"type":"forget",${head},"actor":"ada","reason":"on request"}`,
];
const place = '"partition":1,"offset":9,"timestamp":1700000000000,"key":null';
/** What the released logs do not have. */
const controls = [
  `{${place},"type":"sliceSwept","fromSlice":0,"toSlice":3,"mode":"index","rolloutSeq":null,"policyId":null,"policyVersion":null,"calibration":null}`,
  `{${place},"type":"rolloutDirected","directiveId":"d1","rolloutSeq":2,"action":"activate","policyId":"p","policyVersion":2,"fromVersion":1,"mode":"lazy","slices":4,"keepUntilDay":null,"actor":"ada","reason":"trial"}`,
  `{${place},"type":"thresholdsCalibrated","policyId":"p","policyVersion":2,"calibration":1,"day":19000,"programs":[{"program":"value","size":900,"axes":[{"axis":"value","cuts":["12.50","3.00"]}]}],"rankings":[{"ranking":"spend-0","size":900,"topValues":[1250,300]}]}`,
];
const exported = readLogText('0.1.0', 'random-01')
  .split('\n')
  .slice(0, 200)
  .filter(line => line !== '');
const context = { zone: 'Europe/Berlin', baseCurrency: 'GBP', nowMs: 1.8e12, bootstrap: false, defaultSource: 'fuzz' };

const valid = [...canonical, ...controls, ...exported];
export const subject: FuzzSubject<string | Buffer> = {
  input: fc.oneof(
    { weight: 5, arbitrary: alteredJson(valid) },
    { weight: 2, arbitrary: alteredText(valid, hostileText) },
    { weight: 1, arbitrary: jsonText },
    { weight: 2, arbitrary: alteredBytes(fc.constantFrom(...valid).map(line => Buffer.from(line))) },
  ),
  sizeOf: line => line.length,
  run: line => [parseCanonicalLine(line, context), parseLogLine(line, 2)],
};
