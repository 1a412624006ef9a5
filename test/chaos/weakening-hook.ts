/** Loaded by Node before the tiering program: weakens sources as they are loaded, and says so in the log. */
import { registerHooks } from 'node:module';
import { weaken, weakenings } from './weakenings.ts';

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const weakening = weakenings.find(({ file }) => url.endsWith(`/${file}`));
    if (weakening === undefined) return loaded;
    const source = weaken(String(loaded.source), weakening);
    process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), msg: 'weakened', why: url })}\n`);
    return { ...loaded, source };
  },
});
