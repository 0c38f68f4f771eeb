/** X renamed `tweet` to `post` in its API description in mid-2026; which name a live server asks for and sends is not known, so both are read. */
export type XNaming = 'tweet' | 'post'

const USER_FIELDS = 'id,name,username,location'
const MEDIA_FIELDS = 'media_key,type,url,preview_image_url,variants'
const PLACE_FIELDS = 'id,full_name,geo'

/** The fields and expansions that a page of posts is asked for. */
export function pageFields(naming: XNaming): Record<string, string> {
  const posts = naming === 'tweet' ? 'tweets' : 'posts'
  return {
    [`${naming}.fields`]: [
      'id,text,created_at,author_id,conversation_id,in_reply_to_user_id,attachments,geo',
      `referenced_${posts}`,
      `edit_history_${naming}_ids`,
      `note_${naming}`,
    ].join(','),
    expansions: `author_id,attachments.media_keys,referenced_${posts}.id,referenced_${posts}.id.author_id,geo.place_id`,
    'user.fields': USER_FIELDS,
    'media.fields': MEDIA_FIELDS,
    'place.fields': PLACE_FIELDS,
  }
}

/** Whether X's words say that it does not know our names for the fields: then the other naming is worth a try. */
export function refusesNaming(words: string): boolean {
  return /\b(tweet|post)\.fields\b|referenced_(tweets|posts)|edit_history_(tweet|post)_ids|note_(tweet|post)\b/i.test(
    words,
  )
}
