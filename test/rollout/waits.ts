/** How long events have waited, by the stage of the run in which they came. */

/** One stage of a run, in epoch milliseconds. */
export interface Stage {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly isRollout: boolean;
}

export interface Wait {
  /** When the event was written to the log. */
  readonly atMs: number;
  /** Until the change that it caused was written to the output, by the output's own timestamp. */
  readonly writtenMs: number;
  /** Until a read-committed consumer had it. */
  readonly seenMs: number;
}

export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export interface StageWaits {
  readonly stage: string;
  readonly seconds: number;
  readonly events: number;
  readonly written: Spread;
  readonly seen: Spread;
}

export const rolloutStages = 'while it is rolled out or back';

/** Each stage, and all those together in which a roll-out or a rollback was under way. */
export function waitsByStage(waits: readonly Wait[], stages: readonly Stage[]): StageWaits[] {
  const isIn = ({ atMs }: Wait, { fromMs, toMs }: Stage) => atMs >= fromMs && atMs < toMs;
  const rollouts = stages.filter(({ isRollout }) => isRollout);
  return [
    ...stages.map(stage =>
      spreadOver(
        stage.name,
        [stage],
        waits.filter(wait => isIn(wait, stage)),
      ),
    ),
    spreadOver(
      rolloutStages,
      rollouts,
      waits.filter(wait => rollouts.some(stage => isIn(wait, stage))),
    ),
  ];
}

function spreadOver(name: string, stages: readonly Stage[], waits: readonly Wait[]): StageWaits {
  return {
    stage: name,
    seconds: stages.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0) / 1000,
    events: waits.length,
    written: spread(waits.map(({ writtenMs }) => writtenMs)),
    seen: spread(waits.map(({ seenMs }) => seenMs)),
  };
}

/** Nearest rank: a percentile is one of the values. Of nothing, zeros. */
export function spread(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).sort();
  const at = (perMille: number) =>
    Math.round(sorted[Math.max(0, Math.ceil((sorted.length * perMille) / 1000) - 1)] ?? 0);
  return { p50: at(500), p99: at(990), p999: at(999), max: at(1000) };
}
