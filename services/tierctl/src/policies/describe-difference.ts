/** What is different between two policies, as tables for people. */
import type { PolicyDocument } from '@tierflow/customer/policy-document';
import type { Language } from '../language.ts';
import { titled, words } from '../report/words.ts';
import { colours, heading, table } from '../terminal.ts';
import type { ChangedText, PolicyDifference } from './diff-policies.ts';
import { type ProgramTexts, type Texts, textsOf } from './document-texts.ts';
import { fieldName } from './field-words.ts';
import type { PolicySource } from './policy-source.ts';

type Row = readonly [what: string, field: string, before: string, after: string];

const phrases = {
  en: {
    same: 'Both say the same.',
    policy: 'Policy',
    measures: 'Measures',
    what: 'what',
    field: 'field',
    measure: 'measure',
    tier: 'tier',
    program: 'program',
    added: 'added',
    removed: 'removed',
    version: (version: number) => `version ${version}`,
  },
  zh: {
    same: '两者内容相同。',
    policy: '策略',
    measures: '度量',
    what: '对象',
    field: '内容',
    measure: '度量',
    tier: '等级',
    program: '方案',
    added: '新增',
    removed: '删除',
    version: (version: number) => `版本 ${version}`,
  },
} as const;

export function describeDifference(
  [before, after]: readonly [PolicySource, PolicySource],
  difference: PolicyDifference,
  language: Language,
): string {
  const said = phrases[language];
  const nameOf = ({ document: { policy, version } }: PolicySource) => `${policy} ${said.version(version)}`;
  const title = colours.bold(`${nameOf(before)} → ${nameOf(after)}`);
  if (difference.same) return `${title}\n${said.same}`;
  const head = [said.field, before, after].map(each => (typeof each === 'string' ? each : each.name));
  const [a, b] = [textsOf(before.document), textsOf(after.document)];
  const changed = (what: string, texts: readonly ChangedText[]): Row[] =>
    texts.map(text => [what, fieldName(text.field, language), text.before ?? '', text.after ?? '']);
  const whole = (what: string, word: string, texts: Texts | undefined, side: 'before' | 'after'): Row => {
    const text = tellingTexts(texts ?? new Map(), language);
    return side === 'before' ? [what, word, text, ''] : [what, word, '', text];
  };
  const section = (name: string, rows: readonly Row[]): string[] =>
    rows.length === 0 ? [] : [heading(name), table([said.what, ...head], rows)];

  const measures = [
    ...difference.measures.removed.map(name => whole(name, said.removed, a.measures.get(name), 'before')),
    ...difference.measures.added.map(name => whole(name, said.added, b.measures.get(name), 'after')),
    ...Object.entries(difference.measures.changed).flatMap(([name, texts]) => changed(name, texts)),
  ];
  const wholeProgram = (program: ProgramTexts | undefined, word: string, side: 'before' | 'after'): Row[] => [
    whole(said.program, word, program?.fields, side),
    ...[...(program?.tiers ?? [])].map(([tier, texts]) => whole(tier, word, texts, side)),
  ];
  const programs: (readonly [name: string, rows: readonly Row[]])[] = [
    ...difference.programs.removed.map(
      name => [name, wholeProgram(a.programs.get(name), said.removed, 'before')] as const,
    ),
    ...difference.programs.added.map(name => [name, wholeProgram(b.programs.get(name), said.added, 'after')] as const),
    ...Object.entries(difference.programs.changed).map(([name, { fields, tiers }]) => {
      const [was, is] = [a.programs.get(name)!.tiers, b.programs.get(name)!.tiers];
      return [
        name,
        [
          ...changed(said.program, fields),
          ...tiers.removed.map(tier => whole(tier, said.removed, was.get(tier), 'before')),
          ...tiers.added.map(tier => whole(tier, said.added, is.get(tier), 'after')),
          ...Object.entries(tiers.changed).flatMap(([tier, texts]) => changed(tier, texts)),
        ],
      ] as const;
    }),
  ];
  const titleIn = ({ programs: all }: PolicyDocument, name: string) => all[name]?.title;
  return [
    title,
    ...section(said.policy, changed(said.policy, difference.fields)),
    ...section(said.measures, measures),
    ...programs.flatMap(([name, rows]) => {
      const title = titleIn(after.document, name) ?? titleIn(before.document, name);
      return section(titled(name, title, words[language]), rows);
    }),
  ].join('\n');
}

/** What something is that is there on one side only: not all that it says, which would fill the page. */
function tellingTexts(texts: Texts, language: Language): string {
  const colon = language === 'zh' ? '：' : ': ';
  const told = [...texts].filter(([field]) => !/^(title|playbook)\./.test(field));
  return told.map(([field, value]) => `${fieldName(field, language)}${colon}${value}`).join('; ');
}
