export const RECEIVED_AT = '2026-11-22T04:00:00.000Z'
export const WRITTEN_S = '1795319940'
export const WRITTEN_AT = new Date(Number(WRITTEN_S) * 1000).toISOString()

export type Loose = Record<string, unknown>

/** A webhook body around one change's value. */
export function webhook(value: unknown, field: unknown = 'messages'): Loose {
  return { object: 'whatsapp_business_account', entry: [{ id: '1', changes: [{ field, value }] }] }
}

export function valueWith(parts: Loose): Loose {
  return {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '920000000000', phone_number_id: '77' },
    contacts: [{ profile: { name: 'گل خان' }, wa_id: '923000000001' }],
    ...parts,
  }
}

/** A webhook body with one message. */
export function withMessage(message: Loose): Loose {
  return webhook(valueWith({ messages: [{ from: '923000000001', id: 'wamid.A', timestamp: WRITTEN_S, ...message }] }))
}
