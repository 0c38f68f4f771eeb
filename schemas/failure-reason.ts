/** Every reason for which something can fail: also the label of the metric `rabta_failures_total`. */
export const FAILURE_REASONS = [
  'rate-limited',
  'unavailable',
  'timeout',
  'unauthorized',
  'forbidden',
  'refused',
  'not-found',
  'conflict',
  'too-large',
  'invalid-payload',
  'unknown-shape',
  'storage-full',
  'stopped',
  'unexpected',
] as const
export type FailureReason = (typeof FAILURE_REASONS)[number]
