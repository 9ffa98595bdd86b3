/** A mean of scores as it is shown: one decimal; null where there is nothing to average. */
export const averageOf = (mean: number | null): number | null =>
  mean === null ? null : Math.round(mean * 10) / 10
