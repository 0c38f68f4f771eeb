import type { Change, Deletion } from '../schemas/mention.js'

/**
 * The key of a change on the bus: on private channels the conversation, so that a person's messages stay in order; on public ones the item,
 * so that its edits and deletion stay in order and no busy thread becomes one hot partition.
 */
export function busKey(change: Change): string {
  if (change.type === 'deleted') return isPrivate(change) ? change.conversation : change.id
  return change.mention.private ? change.mention.conversation : change.mention.id
}

/** A deletion does not say whether its item was private: these channels carry nothing else, and Messenger's conversations show it. */
function isPrivate({ channel, conversation }: Deletion): boolean {
  return channel === 'whatsapp' || channel === 'sms' || conversation.startsWith('facebook:t:')
}
