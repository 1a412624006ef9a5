/**
 * Says on standard error what is being done: one line a step, redrawn with a spinner on a terminal, plain lines for the
 * begin and the end of a step otherwise. Steps may run side by side.
 */
import colors from 'picocolors';

export interface Step {
  /** A changing detail; shown on a terminal only. */
  detail(text: string): void;
  done(note?: string): void;
  failed(): void;
}

export interface Progress {
  step(title: string): Step;
  note(text: string): void;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;

export function openProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY ? new TerminalProgress(stream) : new PlainProgress(stream);
}

/** Runs an action as a step; its result is its note. */
export async function inStep<T>(
  progress: Progress,
  title: string,
  action: (step: Step) => Promise<T>,
  noteOf: (result: T) => string | undefined = () => undefined,
): Promise<T> {
  const step = progress.step(title);
  try {
    const result = await action(step);
    step.done(noteOf(result));
    return result;
  } catch (error) {
    step.failed();
    throw error;
  }
}

function endOfStep(mark: string, title: string, startedAt: number, note?: string): string {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  return `${mark} ${title}${note ? ` · ${note}` : ''} ${colors.dim(`(${seconds} s)`)}`;
}

class PlainProgress implements Progress {
  readonly #stream: NodeJS.WriteStream;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  step(title: string): Step {
    const startedAt = performance.now();
    this.note(`… ${title}`);
    return {
      detail: () => {},
      done: note => this.note(endOfStep('✓', title, startedAt, note)),
      failed: () => this.note(endOfStep('✗', title, startedAt)),
    };
  }

  note(text: string): void {
    this.#stream.write(`${text}\n`);
  }
}

interface RunningStep {
  readonly title: string;
  readonly startedAt: number;
  detail: string;
}

class TerminalProgress implements Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #running = new Set<RunningStep>();
  #drawnLines = 0;
  #frame = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  step(title: string): Step {
    const running: RunningStep = { title, startedAt: performance.now(), detail: '' };
    this.#running.add(running);
    this.#timer ??= setInterval(() => this.#tick(), frameMs).unref();
    this.#redraw();
    const end = (mark: string, note?: string) => {
      if (!this.#running.delete(running)) return;
      this.note(endOfStep(mark, title, running.startedAt, note));
      if (this.#running.size > 0 || this.#timer === null) return;
      clearInterval(this.#timer);
      this.#timer = null;
    };
    return {
      detail: text => {
        running.detail = text;
      },
      done: note => end(colors.green('✓'), note),
      failed: () => end(colors.red('✗')),
    };
  }

  note(text: string): void {
    this.#erase();
    this.#stream.write(`${text}\n`);
    this.#redraw();
  }

  #tick(): void {
    this.#frame = (this.#frame + 1) % frames.length;
    this.#redraw();
  }

  #erase(): void {
    if (this.#drawnLines > 0) this.#stream.write(`\u001b[${this.#drawnLines}A\u001b[0J`);
    this.#drawnLines = 0;
  }

  #redraw(): void {
    this.#erase();
    // A line that wraps would count as two, and erasing would leave its first half behind.
    const width = (this.#stream.columns || 80) - 3;
    for (const { title, detail } of this.#running) {
      const text = detail === '' ? title : `${title} · ${detail}`;
      this.#stream.write(`${colors.cyan(frames[this.#frame] ?? '')} ${text.slice(0, width)}\n`);
      this.#drawnLines += 1;
    }
  }
}
