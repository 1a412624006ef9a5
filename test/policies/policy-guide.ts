/** What a policy guide shows: blocks of YAML, each with the table of days that follows it, and the record. */
import type { LifeRow } from './labelled-lives.ts';

export interface GuideBlock {
  readonly line: number;
  readonly text: string;
  readonly rows: readonly LifeRow[];
}

export interface PolicyGuide {
  readonly blocks: readonly GuideBlock[];
  /** The files that it saves, by name. */
  readonly files: ReadonlyMap<string, string>;
  /** JSON that it shows. */
  readonly shown: readonly string[];
}

const customer = 'C-1';

export function readPolicyGuide(markdown: string): PolicyGuide {
  const lines = markdown.split('\n');
  const blocks: { line: number; text: string; rows: LifeRow[] }[] = [];
  const files = new Map<string, string>();
  const shown: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const row = /^\| (\d{4}-\d{2}-\d{2}) \|([^|]*)\|([^|]*)\|$/.exec(lines[at]!);
    if (row !== null) {
      const [, day, happened, expected] = row.map(cell => cell.trim()) as [string, string, string, string];
      blocks.at(-1)!.rows.push({ line: at + 1, day, customer, happened, expected });
    }
    const fence = /^```(yaml|json|console|sh)(?: (\S+))?$/.exec(lines[at]!);
    if (fence === null) continue;
    const end = lines.indexOf('```', at + 1);
    const text = `${lines.slice(at + 1, end).join('\n')}\n`;
    const [, language, name] = fence;
    if (name !== undefined) files.set(name, text);
    else if (language === 'yaml') blocks.push({ line: at + 2, text, rows: [] });
    else if (language === 'json') shown.push(text);
    at = end;
  }
  return { blocks, files, shown };
}
