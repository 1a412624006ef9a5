/** Problems of a sources file as they are found. A place is given as its path; line and column come from the text. */
import { type FileProblem, problemsMax } from '../yaml/file-problem.ts';
import type { Path, YamlSource } from '../yaml/yaml-source.ts';

export class ProblemList {
  readonly problems: FileProblem[] = [];
  private readonly source: YamlSource;

  constructor(source: YamlSource) {
    this.source = source;
  }

  /** What comes after is not kept: whoever would pay for finding it may leave it. */
  get isFull(): boolean {
    return this.problems.length >= problemsMax;
  }

  /** `what` completes a sentence that begins with the place: `is empty`, `has no field margin`. */
  add(path: Path, what: string, remedy: string): void {
    if (this.isFull) return;
    this.problems.push({ ...this.source.placeOf(path), path, message: `${path.join('.')} ${what}.`, remedy });
  }

  /** Where a key itself is wrong, whatever stands under it. */
  addKey(path: Path, key: string, what: string, remedy: string): void {
    if (this.isFull) return;
    const message = `${[...path, key].join('.')} ${what}.`;
    this.problems.push({ ...this.source.placeOfKey(path, key), path: [...path, key], message, remedy });
  }

  lineOf(path: Path): number {
    return this.source.placeOf(path).line;
  }
}
