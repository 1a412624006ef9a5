/** One change of the good policy that makes it wrong. */

/** `at`: text on the line where it is told, the replacement's first line where it is not said. */
export type Mistake = readonly [title: string, find: string, replacement: string, says: string, at?: string];
