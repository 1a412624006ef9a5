/**
 * Customers of one partition in memory, bounded. Two generations instead of a list of uses: when the young one is full
 * it becomes the old one, and what nobody asks for until the next turn is forgotten. Turned between batches only, so
 * that whatever leaves has been handed to a commit.
 */
import type { Customer } from '@tierflow/customer/customer';

export class CustomerCache {
  private young = new Map<string, Customer>();
  private old = new Map<string, Customer>();
  private readonly customersMax: number;
  /** No customer has ever left. */
  isComplete = true;

  constructor(customersMax: number) {
    this.customersMax = customersMax;
  }

  get size(): number {
    return this.young.size + this.old.size;
  }

  get(id: string): Customer | undefined {
    const customer = this.young.get(id);
    if (customer !== undefined) return customer;
    const survivor = this.old.get(id);
    if (survivor === undefined) return undefined;
    this.old.delete(id);
    this.young.set(id, survivor);
    return survivor;
  }

  put(customer: Customer): void {
    this.old.delete(customer.id);
    this.young.set(customer.id, customer);
  }

  turn(): void {
    if (this.young.size * 2 <= this.customersMax) return;
    if (this.old.size > 0) this.isComplete = false;
    this.old = this.young;
    this.young = new Map();
  }
}
