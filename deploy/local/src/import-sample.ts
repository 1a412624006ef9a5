/** Events of a file, as `tierctl import` replays them day by day. */
import type { Language } from '@tierflow/tierctl/language';
import { foldingServices, type SampleRun } from './sample-run.ts';

/** Until the last event is folded, its changes are published, and the report is out. */
export async function importSample(
  run: SampleRun,
  events: string,
  { json, lang }: { readonly json: boolean; readonly lang: Language },
): Promise<void> {
  await run.startServices(foldingServices);
  const startedAt = performance.now();
  await run.tierctl(['import', '--mode', 'history', events], process.stderr.fd);
  await run.tierctl(['await'], process.stderr.fd);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const form = json ? ['--json'] : [];
  await run.tierctl(['report', '--lang', lang, '--seconds', seconds, ...form], process.stdout.fd);
}
