/**
 * The sample year through source topics: this process plays the foreign systems and the calendar, intake, conductor and
 * tiering do their work. Afterwards the days go on.
 */
import { formatDay } from '@tierflow/customer/epoch-day';
import { awaitFolded } from '@tierflow/tierctl/await-folded';
import type { Language } from '@tierflow/tierctl/language';
import { readReport } from '@tierflow/tierctl/report/read-report';
import { reportJson } from '@tierflow/tierctl/report/report-json';
import { inStep, type Progress, type Step } from './progress.ts';
import { foldingServices, type SampleRun, type ServiceStart, sampleNamespace } from './sample-run.ts';
import { type CompleteJourney, readCompleteJourney } from './sample-year/complete-journey.ts';
import { completeJourneySample } from './sample-year/complete-journey-sample.ts';
import { DayFeeder } from './sample-year/day-feeder.ts';
import { feedYear, type YearProgress } from './sample-year/feed-year.ts';
import { feedLiveDays } from './sample-year/live-days.ts';
import { readOutcome } from './sample-year/read-outcome.ts';
import type { ServerUrls } from './start-needed-servers.ts';
import { type StartWords, startWords } from './start-words.ts';

const secondsPerLiveDay = 5;
const barLength = 24;

const services: readonly ServiceStart[] = [
  ...foldingServices,
  { name: 'intake', service: 'intake', environment: { TIERFLOW_SOURCES: completeJourneySample.sourcesFile } },
  { name: 'conductor', service: 'conductor', environment: { TIERFLOW_CLOCK: 'manual' } },
];

export class YearRun {
  readonly #run: SampleRun;
  readonly #servers: ServerUrls;
  readonly #progress: Progress;
  readonly #language: Language;
  readonly #stopping = new AbortController();
  #feeder: DayFeeder | null = null;
  #journey: CompleteJourney | null = null;
  #seconds = 0;

  constructor(run: SampleRun, servers: ServerUrls, progress: Progress, language: Language) {
    this.#run = run;
    this.#servers = servers;
    this.#progress = progress;
    this.#language = language;
  }

  /** Until the last change of the year's last day is published. */
  async run(): Promise<void> {
    const feeder = await DayFeeder.open({ ...this.#servers, namespace: sampleNamespace });
    this.#feeder = feeder;
    // The tables are read while the services start, which takes them longer.
    const started = this.#run.startServices(services);
    started.catch(() => {});
    const journey = readCompleteJourney(completeJourneySample.folder);
    this.#journey = journey;
    await started;

    const { signal } = this.#stopping;
    const startedAt = performance.now();
    await inStep(this.#progress, this.#words.year, async step => {
      const tell = this.#teller(step);
      await feedYear(feeder, journey, { signal, onDay: tell });
    });
    await inStep(this.#progress, this.#words.folding, () => awaitFolded(feeder.connections, Number.POSITIVE_INFINITY));
    this.#seconds = (performance.now() - startedAt) / 1000;
  }

  async report(json: boolean): Promise<void> {
    const { connections } = this.#feeder!;
    const seconds = Math.round(this.#seconds * 10) / 10;
    if (json) {
      const report = await readReport(connections);
      const document = { ...reportJson(report, seconds), outcome: await readOutcome(connections) };
      process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
      return;
    }
    process.stdout.write(`\n${this.#words.about}\n\n`);
    await this.#run.tierctl(['report', '--lang', this.#language, '--seconds', String(seconds)], process.stdout.fd);
  }

  async goOn(): Promise<never> {
    this.#progress.note(`\n${this.#words.clockGoesOn(secondsPerLiveDay)}`);
    const { signal } = this.#stopping;
    return feedLiveDays(this.#feeder!, this.#journey!, secondsPerLiveDay, signal, day =>
      this.#progress.note(this.#words.liveDay(day)),
    );
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#feeder?.close();
  }

  get #words(): StartWords {
    return startWords[this.#language];
  }

  /** A bar on a terminal; elsewhere a line at the end of each month. */
  #teller(step: Step): (progress: YearProgress) => void {
    return ({ day, dayNumber, days, records }) => {
      const done = Math.round((dayNumber / days) * barLength);
      const date = formatDay(day);
      const count = this.#words.records(records);
      step.detail(`${'█'.repeat(done)}${'░'.repeat(barLength - done)} ${date} · ${count}`);
      if (formatDay(day + 1).endsWith('-01') && !process.stderr.isTTY) this.#progress.note(`  ${date} · ${count}`);
    };
  }
}
