import type { Command } from 'commander';
import type { BacktestSummary } from '../backtest/backtest-results.ts';
import { runBacktest } from '../backtest/run-backtest.ts';
import { deploymentDefaults, readDeployment } from '../deployment-options.ts';
import { parseAsOf } from '../parse-as-of.ts';
import { describePrograms } from '../report/describe-programs.ts';
import { words } from '../report/words.ts';
import { heading, print, printJson, table } from '../terminal.ts';

interface BacktestCommandOptions {
  readonly events: string;
  readonly policy?: string;
  readonly zone: string;
  readonly currency: string;
  readonly horizonDays: string;
  readonly asOf?: string;
  readonly out: string;
  readonly json: boolean;
}

export function addBacktest(program: Command): void {
  program
    .command('backtest')
    .description('Fold events under a policy without any server, and write standings and changes to files.')
    .requiredOption('--events <file>', 'canonical events, or a log that `tierctl export` wrote; - reads stdin')
    .requiredOption('--out <folder>', 'where customers, changes, rejections and the summary go')
    .option('--policy <file>', 'policy; an exported log has its own, which this one then replaces')
    .option('--zone <name>', 'time zone of the business days (canonical events)', deploymentDefaults.zone)
    .option('--currency <code>', 'base currency (canonical events)', deploymentDefaults.currency)
    .option('--horizon-days <n>', 'days for which single days are kept', deploymentDefaults.horizonDays)
    .option('--as-of <day>', 'end with this business day, e.g. 2011-12-09')
    .option('--json', 'print the summary as one JSON document, for machines', false)
    .addHelpText(
      'after',
      `
Canonical events are folded day by day, as \`tierctl import --mode history\` would write them, in one partition. An
exported log is folded as it is and gives the very changes that tiering emitted.

Writes customers.jsonl, tier-changes.jsonl (changes of standing with their reasons in English and Chinese, renewals and
warnings, told apart by \`type\`), rejected-events.jsonl and summary.json.

Examples:
  tierctl backtest --events events.jsonl.gz --policy retail-ladder.yaml --out result
  tierctl backtest --events events.jsonl.gz --policy next.yaml --as-of 2011-06-30 --out result --json
  tierctl export --from-beginning --out log.jsonl.gz && tierctl backtest --events log.jsonl.gz --out result`,
    )
    .action(async (options: BacktestCommandOptions) => {
      const { zone, horizonDays } = options;
      const deployment = readDeployment({
        partitions: 1,
        slices: deploymentDefaults.slices,
        zone,
        horizonDays,
        baseCurrency: options.currency,
      });
      const asOf = options.asOf === undefined ? null : parseAsOf(options.asOf);
      const policy = options.policy ?? null;
      const summary = await runBacktest({ events: options.events, policy, deployment, asOf, out: options.out });
      if (options.json) printJson(summary);
      else print(describe(options.out, summary));
    });
}

function describe(out: string, summary: BacktestSummary): string {
  const { asOf, policy, events, customers, changes, renewals, warnings, programs } = summary;
  const named = policy === null ? 'no policy' : `${policy.policyId} version ${policy.version}`;
  return [
    `${customers} customers as of ${asOf ?? 'no day yet'} under ${named}; results in ${out}`,
    `events: ${events.accepted} accepted, ${events.duplicate} duplicates, ${events.rejected} rejected, ${events.late} late; ${changes} changes of standing, ${renewals} renewals, ${warnings.expiring + warnings.approaching} warnings`,
    describePrograms(programs, words.en, null),
    ...describeCompleteness(summary),
  ].join('\n');
}

/** Nothing where every customer has a value of every measure. */
function describeCompleteness({ completeness, customers }: BacktestSummary): string[] {
  const rows = Object.entries(completeness.known).map(([measure, known]) => {
    const share = `${((100 * known) / customers).toFixed(1)} %`;
    return [measure, known, share];
  });
  if (rows.length === 0) return [];
  const incomplete = Object.entries(completeness.incompleteStandings).map(([program, count]) => `${program} ${count}`);
  return [
    heading('Completeness'),
    table(['measure', 'customers with a value', 'share'], rows),
    incomplete.length === 0 ? 'every standing had all it asks for' : `incomplete standings: ${incomplete.join(', ')}`,
  ];
}
