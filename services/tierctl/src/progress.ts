/** How far a long work is, on stderr: a bar for a person who watches, else a line now and then for a log. */
import { SingleBar } from 'cli-progress';

export interface Progress {
  update(value: number, note?: string): void;
  end(): void;
}

const lineIntervalMs = 5_000;

/** `total` of null: nobody knows. */
export function startProgress(what: string, total: number | null): Progress {
  return process.stderr.isTTY && total !== null ? bar(what, total) : lines(what, total);
}

function bar(what: string, total: number): Progress {
  const single = new SingleBar({
    format: `${what} {bar} {percentage}% {note}`,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    barsize: 32,
  });
  single.start(Math.max(total, 1), 0, { note: '' });
  return {
    update: (value, note = '') => single.update(value, { note }),
    end: () => single.stop(),
  };
}

function lines(what: string, total: number | null): Progress {
  let saidAt = performance.now();
  return {
    update(value, note = '') {
      if (performance.now() - saidAt < lineIntervalMs) return;
      saidAt = performance.now();
      const share = total === null || total === 0 ? '' : ` ${Math.floor((value * 100) / total)}%`;
      process.stderr.write(`${what}${share}${note === '' ? '' : ` ${note}`}\n`);
    },
    end() {},
  };
}
