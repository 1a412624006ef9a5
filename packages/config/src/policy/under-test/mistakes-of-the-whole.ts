/** What goes wrong with a policy as a whole. */
import { goodPolicy } from './good-policy.ts';
import type { Mistake } from './mistake.ts';

export const ofTheWhole: readonly Mistake[] = [
  [
    'no measures',
    goodPolicy.slice(goodPolicy.indexOf('measures:'), goodPolicy.indexOf('programs:')),
    '',
    'measures is missing',
    'policy: shop',
  ],
  [
    'measures as a list',
    'measures:\n  spend365:',
    'measures:\n  - spend365:',
    'The indentation does not fit',
    '  spendThisYear:',
  ],
  ['a policy name with a blank', 'policy: shop', 'policy: my shop', 'Begin with a letter'],
  ['a policy name that is a number', 'policy: shop', 'policy: 12', 'Put it in quotes'],
  ['a policy name of a digit first', 'policy: shop', 'policy: 1shop', 'Begin with a letter'],
  ['a negative version', 'version: 3', 'version: -3', 'Count up from 1'],
  ['a title as plain text', 'title: { en: Shop, zh: 商店 }', 'title: Shop', 'not a map of keys'],
  ['a title without English', '{ en: Shop, zh: 商店 }', '{ zh: 商店 }', 'title.en is missing', 'title: { zh'],
  ['an empty title', '{ en: Shop, zh', '{ en: "", zh', 'title.en is empty', 'title: {'],
];
