/**
 * What a policy would change, found by doing it: the log is folded as it is, and behind its end the records follow that an
 * immediate activation would write. What these emit is the prediction, customer by customer.
 */
import type { PolicyPublished } from '@tierflow/customer/events';
import type { Policy } from '@tierflow/customer/policy';
import type { PolicyDocument } from '@tierflow/customer/policy-document';
import type { PartitionState } from '@tierflow/processor/partition-state';
import type { BacktestLog } from '../backtest/backtest-log.ts';
import { EmbeddedEngine } from '../backtest/embedded-engine.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Language } from '../language.ts';
import { startProgress } from '../progress.ts';
import { activationOf } from './activation.ts';
import { MigrationCount } from './migration.ts';
import { playbookCost } from './playbook-cost.ts';
import { countStandings, everybody, StandingCount } from './population.ts';
import { PredictedChanges } from './predicted-changes.ts';
import type { FollowedPolicy, Prediction, ProgramPrediction, RolloutUnderWay } from './prediction.ts';

/** A year, which the horizon of a deployment may be shorter than. */
const revenueDaysMost = 365;
/** Customers kept as objects, over all partitions; the others are bytes. */
const cacheCustomersMax = 200_000;
/** So that the customers of one sweep stay, until they are written. */
const cacheCustomersMin = 20_000;

export interface WhatIf {
  readonly log: BacktestLog;
  readonly candidate: PolicyPublished;
  /** Where the changes are written; null: nowhere. */
  readonly out: string | null;
  /** How many of those who would lose are named. */
  readonly losersMost: number;
  /** Of what is said where the activation would be refused. */
  readonly language: Language;
  readonly onProgress: (records: number) => void;
}

export async function predict({ log, candidate, out, losersMost, language, onProgress }: WhatIf): Promise<Prediction> {
  const { genesis } = log;
  const changes = new PredictedChanges(out);
  const engine = new EmbeddedEngine(genesis, changes, {
    cacheCustomersMax: Math.max(cacheCustomersMin, Math.floor(cacheCustomersMax / genesis.partitions)),
  });
  try {
    await engine.fold(log, onProgress);
    const partitions = await engine.drained();
    const states = partitions.map(each => each.state);
    const state = states[0]!;
    const rollout = rolloutIn(state);
    await engine.dayIsConducted();
    // What is on its way back comes back, before anything else may begin.
    if (rollout?.action === 'rollback') await engine.conduct();
    const present = followedIn(state);
    const activation = activationOf(candidate, states, language);
    const before = countStandings(engine, partitions);

    changes.begin();
    await engine.append(activation);
    await engine.conduct();
    await engine.drained();
    const [rejection] = changes.rejections;
    if (rejection !== undefined) {
      throw new CommandFailure(`the log would refuse the activation: ${rejection.detail}`, 'mend what it says');
    }

    const policy = state.policyUnder(candidate.version)!;
    const names = new Set(
      [policy, ...present.map(each => each.policy)].flatMap(each => each.programs.map(p => p.name)),
    );
    for (const { program } of before.entries()) names.add(program);
    const migrations = new MigrationCount(names, losersMost);
    const after = new StandingCount();
    const revenueDays = Math.min(revenueDaysMost, genesis.horizonDays);
    const progress = startProgress('Counting', null);
    for await (const { version, customer } of everybody(engine, partitions, id => changes.movesOf(id), revenueDays)) {
      migrations.add(customer);
      for (const { program, tier } of customer.standings) if (tier !== null) after.add(version, program, tier);
      progress.update(migrations.base.customers, `${migrations.base.customers} customers`);
    }
    progress.end();

    const documents = documentsOf(state);
    const programs = [...migrations.result()].map(([name, migration]): ProgramPrediction => {
      const [was, is] = [
        programIn(
          present.map(each => each.policy),
          name,
        ),
        programIn([policy], name),
      ];
      const counted = migration.cells.flatMap(({ from, to }) => [from, to].filter(tier => tier !== null));
      const written = [is, was].flatMap(program => program?.tiers.map(tier => tier.name) ?? []);
      const tiers = [...new Set([...written, ...counted])];
      const cost = playbookCost(
        name,
        tiers,
        [before.entries(), after.entries()],
        documents,
        genesis.baseCurrencyDigits,
      );
      return { name, before: was, after: is, tiers, ...migration, notifications: changes.notificationsOf(name), cost };
    });
    return {
      genesis,
      asOf: state.hasTicked ? state.logDay : null,
      candidate,
      policy,
      present,
      rollout,
      base: migrations.base,
      revenueDays,
      programs,
    };
  } finally {
    await engine.close();
    changes.close();
  }
}

function rolloutIn({ rollout, slices }: PartitionState): RolloutUnderWay | null {
  if (rollout === null || rollout.isSealed) return null;
  const { action, policyVersion, fromVersion, mode, rolloutSeq } = rollout;
  const following = slices.filter(slice => slice.rolloutSeq === rolloutSeq).length;
  if (action !== 'rollback') return { action: 'activate', version: policyVersion, mode, following };
  return following < rollout.slices ? { action, version: fromVersion, mode, following } : null;
}

/** Slices with the same cuts of the same version follow the same policy. */
function followedIn(state: PartitionState): FollowedPolicy[] {
  const followed = new Map<string, FollowedPolicy>();
  state.slices.forEach(({ version, calibration }, slice) => {
    const policy = state.policyOf(slice);
    if (policy === null) return;
    const key = `${version} ${calibration}`;
    const known = followed.get(key);
    followed.set(key, { policy, hash: state.hashOf(version), slices: (known?.slices ?? 0) + 1 });
  });
  return [...followed.values()];
}

function programIn(policies: readonly Policy[], name: string): Policy['programs'][number] | null {
  for (const { programs } of policies) {
    const program = programs.find(candidate => candidate.name === name);
    if (program !== undefined) return program;
  }
  return null;
}

function documentsOf(state: PartitionState): ReadonlyMap<number, PolicyDocument> {
  return new Map(state.versions().map(({ version, document }) => [version, JSON.parse(document) as PolicyDocument]));
}
