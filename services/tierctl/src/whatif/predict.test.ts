/** Predictions over a small shop, also while a roll-out is under way, and where an activation would be refused. */
import type { Control, PolicyPublished, RolloutDirected } from '@tierflow/customer/events';
import { SaxesParser } from 'saxes';
import { expect, test } from 'vitest';
import { describePrediction } from './describe-prediction.ts';
import { drawPrediction } from './draw-prediction.ts';
import { predictionJson } from './prediction-json.ts';
import { predicted, pyramid, shopLog, thresholds } from './shop-under-test.ts';

const next = thresholds(2, '160.00', '50.00');

function directed(action: RolloutDirected['action'], rolloutSeq: number, slices: number): RolloutDirected {
  const [policyVersion, fromVersion] = action === 'rollback' ? [1, 2] : [2, 1];
  return {
    ...{ type: 'RolloutDirected', directiveId: `d${rolloutSeq}`, rolloutSeq, action, policyId: 'shop' },
    ...{ policyVersion, fromVersion, mode: 'immediate', slices, keepUntilDay: null, actor: 'ann', reason: '' },
  };
}

function swept(toSlice: number, rolloutSeq: number, policyVersion: number): Control {
  return {
    ...{ type: 'SliceSwept', fromSlice: 0, toSlice, mode: 'all', rolloutSeq },
    ...{ policyId: 'shop', policyVersion, calibration: null },
  };
}

/** Version 2 in half of the slices. */
const halfway = (policy: PolicyPublished): Control[] => [policy, directed('activate', 2, 2), swept(1, 2, 2)];

test('other thresholds: who goes where, with what it is worth and what it costs', async () => {
  const { base, programs, present, rollout } = predictionJson(await predicted(next));
  expect({ base, present, rollout }).toMatchObject({
    base: { customers: 20, revenue: '2100.00' },
    present: [{ version: 1, slices: 4 }],
    rollout: null,
  });
  expect(programs.value).toEqual({
    population: { before: { gold: 9, silver: 6, bronze: 5 }, after: { gold: 5, silver: 11, bronze: 4 } },
    matrix: [
      { from: 'gold', to: 'gold', customers: 5, revenue: '900.00' },
      { from: 'gold', to: 'silver', customers: 4, revenue: '540.00' },
      { from: 'silver', to: 'silver', customers: 6, revenue: '510.00' },
      { from: 'bronze', to: 'silver', customers: 1, revenue: '50.00' },
      { from: 'bronze', to: 'bronze', customers: 4, revenue: '100.00' },
    ],
    winners: { customers: 1, revenue: '50.00' },
    losers: { customers: 4, revenue: '540.00' },
    across: { customers: 0, revenue: '0.00' },
    first: { customers: 0, revenue: '0.00' },
    end: { customers: 0, revenue: '0.00' },
    topLosers: [
      { customerId: 'customer-15', from: 'gold', to: 'silver', revenue: '150.00' },
      { customerId: 'customer-14', from: 'gold', to: 'silver', revenue: '140.00' },
    ],
    notifications: { changes: 5, renewals: 0, expiring: 0, approaching: 0 },
    playbookCost: {
      before: '112.50',
      after: '62.50',
      tiers: [{ tier: 'gold', before: '112.50', after: '62.50' }],
    },
    cuts: null,
  });
});

test('a pyramid takes its cuts from the base, before anybody is judged by it', async () => {
  const { programs } = predictionJson(await predicted(pyramid(2)));
  expect(programs.value).toMatchObject({
    population: { after: { gold: 2, silver: 8, bronze: 10 } },
    cuts: {
      before: null,
      after: { calibrated: { asOf: '2024-01-05', of: 20 }, axes: { value: ['190.00', '110.00'] } },
    },
  });
});

test('a program that comes and one that goes: everybody gets a standing, and everybody loses one', async () => {
  const { programs } = predictionJson(await predicted(thresholds(2, '120.00', '60.00', 'loyalty')));
  expect(Object.keys(programs)).toEqual(['loyalty', 'value']);
  expect(programs.loyalty).toMatchObject({
    population: { before: { gold: 0, silver: 0, bronze: 0 }, after: { gold: 9, silver: 6, bronze: 5 } },
    first: { customers: 20 },
  });
  expect(programs.value).toMatchObject({ population: { after: { gold: 0 } }, end: { customers: 20 } });
});

test('the policy that is in force changes nothing', async () => {
  const prediction = await predicted(thresholds(1, '120.00', '60.00'));
  expect(predictionJson(prediction).programs.value!.notifications.changes).toBe(0);
  expect(describePrediction(prediction, 'en')).toContain('Nobody would move.');
});

test('in the middle of its own roll-out, what is left of it is predicted', async () => {
  const whole = predictionJson(await predicted(next));
  const { present, rollout, programs } = predictionJson(await predicted(next, shopLog(halfway(next))));
  expect(rollout).toEqual({ action: 'activate', version: 2, mode: 'immediate', following: 2 });
  expect(present.map(({ version, slices }) => [version, slices])).toEqual([
    [2, 2],
    [1, 2],
  ]);
  expect(programs.value!.population.after).toEqual(whole.programs.value!.population.after);
  const { changes } = programs.value!.notifications;
  expect(changes).toBeGreaterThan(0);
  expect(changes).toBeLessThan(whole.programs.value!.notifications.changes);
});

test('a rollback under way ends first', async () => {
  const log = shopLog([...halfway(next), directed('rollback', 3, 2), swept(0, 3, 1)]);
  const { rollout, programs } = predictionJson(await predicted(thresholds(3, '160.00', '50.00'), log));
  expect(rollout).toEqual({ action: 'rollback', version: 2, mode: 'immediate', following: 1 });
  expect(programs).toEqual(predictionJson(await predicted(next)).programs);
});

test('refused as an operator would be, with what is to be done', async () => {
  const third = thresholds(3, '160.00', '50.00');
  await expect(predicted(third, shopLog(halfway(next)))).rejects.toMatchObject({
    message: expect.stringContaining('another roll-out is under way'),
    remedy: expect.stringContaining('tierctl policy seal'),
  });
  await expect(predicted(thresholds(1, '1.00', '0.50'))).rejects.toThrow('is taken by another content');
});

test('business owners read it in their language', async () => {
  const prediction = await predicted(pyramid(2));
  const en = describePrediction(prediction, 'en');
  expect(en).toContain('What if shop (Shop) version 2 were activated at the end of 2024-01-05?');
  expect(en).toMatch(/190\.00, 110\.00/);
  expect(en).toMatch(/of 20 customers on 2024-01-05/);
  const zh = describePrediction(prediction, 'zh');
  expect(zh).toContain('若于 2024-01-05 结束时启用策略 shop (商店) 版本 2，会怎样？');
  expect(zh).toMatch(/黄金.*白银.*青铜/);
});

test('the picture is well-formed, whatever titles say, and names every tier on both sides', async () => {
  const svg = drawPrediction(await predicted(next), 'en');
  const texts: string[] = [];
  const parser = new SaxesParser();
  parser.on('text', text => texts.push(text.trim()));
  parser.on('error', error => {
    throw error;
  });
  parser.write(svg).close();
  for (const count of [9, 5]) expect(texts).toContain(`Gold & <"shiny">  ${count}`);
  for (const text of ['Silver  6', 'Silver  11', 'Bronze  5', 'Bronze  4']) expect(texts).toContain(text);
});
