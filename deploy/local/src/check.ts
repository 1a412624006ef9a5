/** `npm run check`: format and lint of everything, types of every package. With `--fix` it mends format and lint first. */
import { checkSources } from './check-sources.ts';

process.exitCode = (await checkSources(process.argv.includes('--fix'))) ? 0 : 1;
