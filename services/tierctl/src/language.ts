/** The language of what business users read: said by `--lang`, else that of the terminal. */
import { Option } from 'commander';

export type Language = 'en' | 'zh';
export const languages: readonly Language[] = ['en', 'zh'];

/** By the precedence of POSIX: LC_ALL, then the category of messages, then LANG. */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return /^zh\b|^zh_/i.test(locale) ? 'zh' : 'en';
}

export function languageOption(what: string): Option {
  return new Option('--lang <language>', `language of ${what}, instead of that of LANG`)
    .choices(languages)
    .default(languageOf(process.env));
}
