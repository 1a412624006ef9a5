/** How much is known of the customers: measures that some of them lack, and standings that were decided without. */

/** A customer as its view tells it. */
export interface ViewedCustomer {
  readonly measures: Readonly<Record<string, unknown>>;
  readonly standings: Readonly<Record<string, { readonly incomplete?: boolean }>>;
}

export interface Completeness {
  /** By measure that somebody lacks, the rarest first: of how many customers it is known. */
  readonly known: Readonly<Record<string, number>>;
  /** By program with any: how many standings a missing measure may have changed. */
  readonly incompleteStandings: Readonly<Record<string, number>>;
}

export class CompletenessCount {
  private readonly known = new Map<string, number>();
  private readonly incomplete = new Map<string, number>();
  private customers = 0;

  add({ measures, standings }: ViewedCustomer): void {
    this.customers++;
    for (const [name, value] of Object.entries(measures)) count(this.known, name, value === null ? 0 : 1);
    for (const [name, standing] of Object.entries(standings)) if (standing.incomplete) count(this.incomplete, name, 1);
  }

  result(): Completeness {
    const lacking = [...this.known].filter(([, known]) => known < this.customers).sort(([, a], [, b]) => a - b);
    return { known: Object.fromEntries(lacking), incompleteStandings: Object.fromEntries(this.incomplete) };
  }
}

function count(counts: Map<string, number>, name: string, more: number): void {
  counts.set(name, (counts.get(name) ?? 0) + more);
}
