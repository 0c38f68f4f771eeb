import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { DRAFT_KEY, useSession } from '../../api/session.js'

/**
 * A reply not yet sent, by mention. Kept beside the other answers in the page's memory: it survives moving around, never
 * touches the disk of the computer, and is gone when its writer signs out.
 */
export function useDraft(mentionId: string): [text: string, setText: (text: string) => void] {
  const client = useQueryClient()
  const { user } = useSession()
  const key = [...DRAFT_KEY, user.username, mentionId]
  // The field itself is plain state: the store tells its readers later, and a letter typed meanwhile would be lost.
  const [text, setText] = useState(() => client.getQueryData<string>(key) ?? '')
  return [
    text,
    (next) => {
      setText(next)
      client.setQueryData(key, next)
    },
  ]
}

/** Random without `crypto.randomUUID`, which a browser withholds where the desk is reached by plain http in the building. */
const freshKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')

/**
 * The key of a click, for the desk to tell a repeated one from a second message: the same `content` keeps its key until
 * `taken`, so that sending again after no answer came goes out once.
 */
export function useClickKey(kind: 'reply' | 'forward', mentionId: string) {
  const client = useQueryClient()
  const { user } = useSession()
  const place = [...DRAFT_KEY, user.username, mentionId, kind]
  return {
    keyFor: (content: string): string => {
      const kept = client.getQueryData<{ content: string; key: string }>(place)
      if (kept?.content === content) return kept.key
      const key = freshKey()
      client.setQueryData(place, { content, key })
      return key
    },
    taken: (): void => client.removeQueries({ queryKey: place }),
  }
}
