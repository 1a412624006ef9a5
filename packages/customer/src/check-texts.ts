/** Texts that business users read: they travel into records, so that a stranger's document must not bring others. */
import type { PolicyDocument } from './policy-document.ts';
import { limits, type Path, type PolicyReport, shown } from './policy-report.ts';

export function checkTexts(document: PolicyDocument, report: PolicyReport): void {
  const check = (path: Path, text: unknown, lengthMax = Number.POSITIVE_INFINITY): void => {
    if (text === undefined) return;
    const { en, zh } = (text ?? {}) as { readonly en?: unknown; readonly zh?: unknown };
    const isText = (value: unknown): boolean => typeof value === 'string' && value !== '' && value.length <= lengthMax;
    if (isText(en) && (zh === undefined || isText(zh))) return;
    const length = Number.isFinite(lengthMax) ? `, each ${lengthMax} characters at most` : '';
    const message = `${path.at(-1)} is ${shown(text)}, not a text in one or two languages${length}.`;
    report.add(path, 'badText', message, 'Write { en: Gold, zh: 黄金 }; zh may be left out.');
  };
  check(['title'], document.title);
  for (const [name, { title }] of Object.entries(document.measures)) check(['measures', name, 'title'], title);
  for (const [name, { title, tiers }] of Object.entries(document.programs)) {
    check(['programs', name, 'title'], title);
    tiers?.forEach((tier, index) => {
      const at = ['programs', name, 'tiers', index];
      check([...at, 'title'], tier.title);
      for (const role of ['marketing', 'sales', 'service'] as const) {
        check([...at, 'playbook', role], tier.playbook?.[role], limits.textLength);
      }
    });
  }
}
