import { expect, it } from 'vitest'
import type { WhatsAppTemplate, WhatsAppText } from '../../channels/whatsapp/client.js'
import type { Outbound } from '../../schemas/outbound.js'
import { createWhatsAppSender } from '../../send/senders/whatsapp-sender.js'

const outbound: Outbound = {
  schema: 'rabta.outbound/1',
  id: 'out:1',
  kind: 'forward',
  channel: 'whatsapp',
  to: '923000000901',
  text: 'Extortion, Peshawar\n\nپشاور میں بھتہ\tKP-PSH-2611-00001',
  inReplyTo: null,
  mentionId: 'whatsapp:wamid.1',
  alertId: null,
  unit: 'ctd',
  requestedBy: 'admin',
  requestedAt: '2026-11-22T04:00:00.000Z',
}

function recordingClient() {
  const texts: WhatsAppText[] = []
  const templates: WhatsAppTemplate[] = []
  return {
    texts,
    templates,
    sendText: async (text: WhatsAppText) => (texts.push(text), { platformId: 'wamid.text' }),
    sendTemplate: async (template: WhatsAppTemplate) => (templates.push(template), { platformId: 'wamid.template' }),
  }
}
const never = new AbortController().signal

it('forwards by the template where one is set, in the one line that a placeholder takes', async () => {
  const client = recordingClient()
  const sender = createWhatsAppSender(client, { name: 'rabta_forward', language: 'en' })
  expect(await sender.send(outbound, never)).toEqual({ platformId: 'wamid.template' })
  expect(client.texts).toEqual([])
  const [template] = client.templates
  expect(template).toMatchObject({ to: '923000000901', name: 'rabta_forward', language: 'en' })
  expect(template?.parameters).toEqual(['Extortion, Peshawar · پشاور میں بھتہ\tKP-PSH-2611-00001'.replace('\t', ' ')])
})

it('replies in free text, quoting what it answers, whatever template is set', async () => {
  const client = recordingClient()
  const sender = createWhatsAppSender(client, { name: 'rabta_forward', language: 'en' })
  await sender.send({ ...outbound, kind: 'reply', inReplyTo: 'wamid.1' }, never)
  expect(client.templates).toEqual([])
  expect(client.texts).toEqual([{ to: '923000000901', body: outbound.text, contextMessageId: 'wamid.1' }])
})

it('forwards in free text where no template is set', async () => {
  const client = recordingClient()
  await createWhatsAppSender(client).send(outbound, never)
  expect(client.texts.map(({ body }) => body)).toEqual([outbound.text])
})
