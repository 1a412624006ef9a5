/**
 * What a guide asks its reader to do, in order: files to save and commands to type.
 *
 * A fence whose info names a file (```yaml sources.yaml) is that file. In a `console` fence a line that begins with `$ `
 * is a command; the lines beneath it are what it prints, as far as the guide shows it: `…` stands for any text within a
 * line, and alone for any lines.
 */
export type GuideStep =
  | { readonly kind: 'file'; readonly line: number; readonly name: string; readonly text: string }
  | { readonly kind: 'command'; readonly line: number; readonly command: string; readonly shown: readonly string[] };

export function guideSteps(markdown: string): GuideStep[] {
  const lines = markdown.split('\n');
  const steps: GuideStep[] = [];
  for (let at = 0; at < lines.length; at++) {
    const info = /^```(\w+)(?: (\S+))?$/.exec(lines[at]!);
    if (info === null) continue;
    const from = at + 1;
    const to = lines.indexOf('```', from);
    if (to < 0) throw new Error(`line ${from}: the fence is not closed`);
    const [, language, name] = info;
    const body = lines.slice(from, to);
    if (name !== undefined) steps.push({ kind: 'file', line: from + 1, name, text: `${body.join('\n')}\n` });
    else if (language === 'console') steps.push(...commandsOf(body, from + 1));
    at = to;
  }
  return steps;
}

/** Any output that a guide shows like this. */
export function shownPattern(shown: readonly string[]): RegExp {
  const lines = shown.map(line =>
    line.trim() === '…' ? '(?:.*\n)*?' : `${line.trimEnd().split('…').map(escaped).join('.*')}[ \t]*\n`,
  );
  return new RegExp(`^\n*${lines.join('')}\n*$`);
}

/** What must be the same in every language: how many headings, which files and commands. */
export function guideOutline(markdown: string): unknown {
  const prose = markdown.replace(/^```[\s\S]*?^```$/gm, '');
  return {
    headings: prose.split('\n').flatMap(line => /^#+(?= )/.exec(line)?.[0] ?? []),
    steps: guideSteps(markdown).map(step => (step.kind === 'file' ? step.name : step.command)),
  };
}

function commandsOf(body: readonly string[], firstLine: number): GuideStep[] {
  const steps: { kind: 'command'; line: number; command: string; shown: string[] }[] = [];
  for (const [i, line] of body.entries()) {
    const open = steps.at(-1);
    if (line.startsWith('$ ')) steps.push({ kind: 'command', line: firstLine + i, command: line.slice(2), shown: [] });
    else if (open === undefined) throw new Error(`line ${firstLine + i}: a console block begins with a command`);
    else if (open.shown.length === 0 && open.command.endsWith('\\')) open.command += `\n${line}`;
    else open.shown.push(line);
  }
  return steps.map(step => ({ ...step, command: withoutRemark(step.command) }));
}

/** `tierctl …   # says what it is for`: the shell ignores it too, and it is in the reader's language. */
function withoutRemark(command: string): string {
  return command.replace(/\s{2,}#.*$/, '');
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
