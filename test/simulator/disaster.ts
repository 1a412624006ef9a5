/**
 * Something that an operator must look at: the topic was made anew, its end or its beginning is gone, another release has
 * written the state. The partition must stand still, say why, write nothing, and go on when it is mended.
 */
import type { HaltReason } from '@tierflow/processor/errors';
import type { World } from './world.ts';

const haltStepsMax = 2500;
const standStepsMin = 40;

/** Makes it so; gives how to mend it, or null where it cannot be now. */
function strike(world: World, reason: HaltReason): (() => void) | null {
  const { log, broker, redis } = world;
  const { stored } = redis.master;
  const { cursor, acknowledged } = stored;
  const published = broker.changes.visible.length;
  const mended = {
    log: { start: log.start, first: log.first },
    stored: { stateFormat: stored.stateFormat, foldVersion: stored.foldVersion },
  };
  const mendLog = () => Object.assign(log, { ...mended.log, saidEnd: null });
  // A backup that was taken meanwhile has it, too.
  const mendStored = () => {
    for (const each of [stored, ...redis.master.recent, ...redis.master.backups]) Object.assign(each, mended.stored);
  };
  const mendTail = () => {
    world.saidTail = null;
  };
  switch (reason) {
    case 'genesisMissing':
      log.first = null;
      return mendLog;
    case 'genesisDiffers':
      log.first = { ...log.first!, event: { ...log.first!.event, namespace: 'another' } as never };
      return mendLog;
    case 'cursorBeyondLog':
      if (cursor === null) return null;
      log.saidEnd = cursor - 1;
      return mendLog;
    case 'logTruncated':
      if (cursor === null || cursor >= log.end) return null;
      log.start = cursor + 1;
      return mendLog;
    case 'outputEmptied':
      world.saidTail = -1;
      return mendTail;
    case 'outputRegressed':
      if (acknowledged === null || published < 2) return null;
      world.saidTail = 0;
      return mendTail;
    case 'unknownStateFormat':
      if (cursor === null) return null;
      stored.stateFormat = 99;
      return mendStored;
    case 'unknownFoldVersion':
      if (cursor === null) return null;
      stored.foldVersion = 99;
      return mendStored;
  }
}

/** @returns what was wrong, or null */
export async function endure(world: World, reason: HaltReason, isBroken: () => boolean): Promise<string | null> {
  // Nobody works while it happens, and everybody meets it at the next start.
  world.network.calm();
  for (const process of [...world.processes]) world.crash(process);
  for (let steps = 0; steps < 400 && !isBroken(); steps++) if (!(await world.scheduler.step())) break;
  for (const process of [...world.processes]) world.crash(process);
  const mend = strike(world, reason);
  if (mend === null) {
    world.launch();
    return null;
  }
  world.scheduler.note(`DISASTER ${reason}`);
  world.launch();
  world.launch();
  const isHalted = () => world.processes.some(({ haltedBy }) => haltedBy === reason);
  for (let steps = 0; steps < haltStepsMax && !isHalted() && !isBroken(); steps++) await world.scheduler.step();
  if (!isHalted()) {
    const others = world.processes.map(({ haltedBy }) => haltedBy ?? 'not halted').join(', ');
    return `${reason} did not halt the partition (${others})`;
  }
  const { writes } = world.audit;
  for (let steps = 0; steps < standStepsMin && !isBroken(); steps++) await world.scheduler.step();
  if (world.audit.writes !== writes) return `a partition that is halted by ${reason} was written`;
  mend();
  for (const process of [...world.processes]) world.crash(process);
  world.launch();
  world.launch();
  return null;
}
