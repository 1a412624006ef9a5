/** Something that only the user can change. The message says what to do and is shown without a stack. */
export class UnmetNeed extends Error {
  override readonly name = 'UnmetNeed';
}
