/** Where a rejection comes from: `shop.orders/3@1042`, or `accounts.xlsx:17`. */

export type Origin =
  | { readonly kind: 'record'; readonly topic: string; readonly partition: number; readonly offset: number }
  | { readonly kind: 'file'; readonly file: string };

export function parseOrigin(origin: string): Origin {
  const match = /^([A-Za-z0-9._-]+)\/(\d{1,9})@(\d{1,15})$/.exec(origin);
  if (match !== null) {
    return { kind: 'record', topic: match[1]!, partition: Number(match[2]), offset: Number(match[3]) };
  }
  return { kind: 'file', file: origin.replace(/:\d+$/, '') };
}

/** Topic or file. */
export function sourceOf(origin: string): string {
  const parsed = parseOrigin(origin);
  return parsed.kind === 'record' ? parsed.topic : parsed.file;
}
