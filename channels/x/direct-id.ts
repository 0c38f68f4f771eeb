const PREFIX = 'dm-'

/** Direct messages are numbered by the same generator as posts: the prefix keeps an answer to one from becoming a public reply. */
export const directMentionId = (eventId: string): string => `x:${PREFIX}${eventId}`

/** The event's id, where the platform's id of a mention is that of a direct message. */
export function directMessageId(platformId: string): string | undefined {
  return platformId.startsWith(PREFIX) ? platformId.slice(PREFIX.length) : undefined
}
