/** Loaded by Node before the tiering program: weakens its sources as they are loaded, and says so in the log. */
import { weaken } from '../weakness/weaken.ts';
import { controlWeakness } from './control-weakness.ts';

weaken(controlWeakness, why => {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), msg: 'weakened', why })}\n`);
});
