/** A value of the chart; `Deferred` stands for those that other resources give. */
export type ChartValue<Deferred> =
  | string
  | number
  | boolean
  | Deferred
  | readonly ChartValue<Deferred>[]
  | { readonly [key: string]: ChartValue<Deferred> };
