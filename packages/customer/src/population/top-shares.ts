/** The shares in which a view tells a customer's place, in tenths of a per cent: finely at the top, where it matters. */
export const topShares: readonly number[] = [
  ...Array.from({ length: 10 }, (_, index) => index + 1),
  ...Array.from({ length: 98 }, (_, index) => (index + 2) * 10),
];
