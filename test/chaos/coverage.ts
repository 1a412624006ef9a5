/** What the faults have brought about, by the logs of the workers and the counts of the links. */
import type { ChaosRun } from './chaos-run.ts';

export type Coverage = Readonly<Record<CoverageName, number>>;

export const coverageNames = [
  'redisAhead',
  'redisBehind',
  'redisLost',
  'cursorMoved',
  'stateLost',
  'fenced',
  'fencedByProducer',
  'fencedByRedis',
  'droppedAndTakenOverAgain',
  'killedBeforePublish',
  'killedAfterPublish',
  'endTxnDuplicated',
  'staleEndTxnAccepted',
  'staleEndTxnRefused',
  'otherRequestsDuplicated',
  'daysOpened',
  'rollouts',
  'forgotten',
] as const;

export type CoverageName = (typeof coverageNames)[number];

/** In a mixed run of some minutes each of these happens, or the run says little. */
export const requiredCoverage: readonly CoverageName[] = [
  'redisAhead',
  'redisBehind',
  'redisLost',
  'fenced',
  'killedBeforePublish',
  'killedAfterPublish',
  'endTxnDuplicated',
  'staleEndTxnAccepted',
  'daysOpened',
  'rollouts',
  'forgotten',
];

export function coverageOf(run: ChaosRun): Coverage {
  const takeovers = run.logged(/^partition taken over$/);
  const found = (what: string) => takeovers.filter(line => line.found === what).length;
  const after = (what: string) => takeovers.filter(line => line.after === what).length;
  const fenced = (why: RegExp) => run.logged(/^fenced/).filter(line => why.test(line.why ?? '')).length;
  const deaths = run.crew.workers.flatMap(worker => worker.deaths).filter(({ how }) => how === 'SIGKILL');
  const diedAt = (point: string) => deaths.filter(({ failpoint }) => failpoint?.startsWith(point)).length;
  const counts = run.servers.linkCounts;
  return {
    redisAhead: found('ahead'),
    redisBehind: found('behind'),
    redisLost: found('lost'),
    cursorMoved: after('cursorMoved'),
    stateLost: after('stateLost'),
    fenced: fenced(/./),
    fencedByProducer: fenced(/another producer/),
    fencedByRedis: fenced(/another owner/),
    droppedAndTakenOverAgain: run.logged(/^partition dropped/).length,
    killedBeforePublish: diedAt('publish.before'),
    killedAfterPublish: diedAt('publish.after'),
    endTxnDuplicated: counts.endTxnDuplicated,
    staleEndTxnAccepted: counts.staleEndTxnAccepted,
    staleEndTxnRefused: counts.staleEndTxnRefused,
    otherRequestsDuplicated: counts.othersDuplicated,
    daysOpened: run.load.days,
    rollouts: run.load.rollouts,
    forgotten: run.load.forgotten,
  };
}
