/** The negative control: tiering as it must not be, and the faults under which that shows within a minute. */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { kindsOf } from './fault-kinds.ts';

export const weakeningModule = pathToFileURL(join(import.meta.dirname, 'weakening-hook.ts')).href;

export const weakenedKinds = kindsOf(['S9', 'S10']);
