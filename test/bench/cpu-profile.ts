/** Where the time went: the functions with the greatest time of their own in a CPU profile of V8. */
import { Session } from 'node:inspector/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples?: readonly number[] | undefined;
  readonly timeDeltas?: readonly number[] | undefined;
}

export interface HotFunction {
  readonly name: string;
  readonly place: string;
  /** Of the time in which the process was not idle. */
  readonly share: number;
}

const repositoryDir = fileURLToPath(new URL('../..', import.meta.url));

export async function profiled<T>(work: () => Promise<T>): Promise<{ result: T; profile: CpuProfile }> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
    const result = await work();
    const { profile } = await session.post('Profiler.stop');
    return { result, profile };
  } finally {
    session.disconnect();
  }
}

export function hottestFunctions({ nodes, samples = [], timeDeltas = [] }: CpuProfile, count: number): HotFunction[] {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const own = new Map<string, { name: string; place: string; time: number }>();
  let busy = 0;
  for (const [i, id] of samples.entries()) {
    const frame = frames.get(id);
    if (frame === undefined || frame.functionName === '(idle)' || frame.functionName === '(program)') continue;
    const time = timeDeltas[i] ?? 0;
    busy += time;
    const key = `${frame.functionName} ${frame.url}:${frame.lineNumber}`;
    const entry = own.get(key) ?? { name: frame.functionName || '(anonymous)', place: placeOf(frame), time: 0 };
    entry.time += time;
    own.set(key, entry);
  }
  return [...own.values()]
    .sort((a, b) => b.time - a.time)
    .slice(0, count)
    .map(({ name, place, time }) => ({ name, place, share: time / busy }));
}

function placeOf({ url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  if (url === '') return '';
  const file = url.startsWith('file:') ? relative(repositoryDir, fileURLToPath(url)) : url;
  return `${file.replace(/^.*node_modules\//, '')}:${lineNumber + 1}`;
}
