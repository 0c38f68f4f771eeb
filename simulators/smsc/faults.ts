/**
 * What can be made to go wrong. For `submit`: `throttle`, `queue-full`, `refuse` answer so; `silent` accepts and never answers, `lost` does neither; `drop`
 * accepts and cuts the line before the answer, `drop-before` cuts it without accepting; `slow` answers after `waitMs`. For `deliver`: `drop` cuts the line
 * right after the PDU left, `forget` takes no notice of the answer (and brings it again), `duplicate` brings it twice. For `bind`: `refuse` (with `status`),
 * `silent`. For `enquire`: `silent`.
 */
export interface SmscFault {
  readonly on: 'submit' | 'deliver' | 'bind' | 'enquire'
  readonly kind:
    'throttle' | 'queue-full' | 'refuse' | 'silent' | 'lost' | 'drop' | 'drop-before' | 'slow' | 'forget' | 'duplicate'
  /** How often. Default 1. */
  readonly times?: number
  /** For `refuse`: SMPP's command status. */
  readonly status?: number
  readonly waitMs?: number
}
