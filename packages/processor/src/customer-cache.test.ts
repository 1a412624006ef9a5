import { Customer } from '@tierflow/customer/customer';
import { describe, expect, it } from 'vitest';
import { CustomerCache } from './customer-cache.ts';

function filled(cache: CustomerCache, ...ids: string[]): void {
  for (const id of ids) cache.put(new Customer(id));
}

describe('a customer cache', () => {
  it('forgets whom nobody asked for since the turn before last', () => {
    const cache = new CustomerCache(2);
    filled(cache, 'a', 'b');
    cache.turn();
    expect(cache.get('a')?.id).toBe('a');
    filled(cache, 'c');
    cache.turn();
    expect(cache.get('b')).toBeUndefined();
    expect(cache.get('a')?.id).toBe('a');
    expect(cache.get('c')?.id).toBe('c');
  });

  it('keeps everybody while there is room', () => {
    const cache = new CustomerCache(10);
    filled(cache, 'a', 'b', 'c', 'd', 'e');
    for (let n = 0; n < 5; n++) cache.turn();
    expect(cache.size).toBe(5);
  });

  it('knows one customer per id', () => {
    const cache = new CustomerCache(0);
    filled(cache, 'a');
    cache.turn();
    filled(cache, 'a');
    expect(cache.size).toBe(1);
  });
});
