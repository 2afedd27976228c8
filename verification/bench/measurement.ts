/** One line of the bench: what, what it is held against, how they compare and what is allowed. */
export interface Measurement {
  readonly what: string;
  readonly figure: string;
  readonly against: string;
  /** The figure over what it is held against. */
  readonly ratio: number;
  /** A larger ratio fails the bench. */
  readonly most: number;
}
