import { describe, expect, it } from 'vitest'
import { createEnrichers } from '../../app/enrichers.js'
import { enrichMention } from '../../enrich/enrich-mention.js'
import { packagePath } from '../../runtime/package-root.js'
import { loadStory, type StoryMessage } from '../../simulators/story/story.js'
import { mentionOf } from './threat/mention.js'

const NOW = '2026-11-22T08:00:00.000Z'

function kindOf({ channel, kind }: StoryMessage): 'post' | 'comment' | 'direct' | 'article' {
  if (channel === 'news') return 'article'
  if (channel === 'x' || (channel === 'facebook' && kind === 'post')) return 'post'
  return kind === 'comment' ? 'comment' : 'direct'
}

const mentionIn = (message: StoryMessage) =>
  mentionOf(message.text, {
    channel: message.channel,
    private: message.channel === 'whatsapp' || message.channel === 'sms' || message.kind === 'message',
    kind: kindOf(message),
  })

// The story's labels were written by another hand than the word lists. Half of its messages were learned from, half were not.
describe('the messages of the story, by every enricher', () => {
  it('are told apart', { timeout: 60_000 }, () => {
    const enrichers = createEnrichers()
    const story = loadStory(packagePath('simulators/story'))
    const judged = [...story.played, ...story.afterwards]
      .filter((message) => message.text.trim() !== '')
      .map((message) => {
        const { tags } = enrichMention(mentionIn(message), {
          enrichers,
          now: NOW,
          onFailure: (name, error) => expect.fail(`${name}: ${String(error)}`),
        })
        return { message, tag: tags.category }
      })
    const share = (right: (each: (typeof judged)[number]) => boolean): number =>
      judged.filter(right).length / judged.length
    const missed = judged.filter(({ message, tag }) => message.alert && tag?.alert !== true)
    const falsely = judged.filter(({ message, tag }) => !message.alert && tag?.alert !== false)
    expect(judged.length).toBeGreaterThan(400)
    expect(missed.length, missed.map(({ message }) => message.id).join(' ')).toBeLessThanOrEqual(3)
    expect(falsely.length, falsely.map(({ message }) => message.id).join(' ')).toBeLessThanOrEqual(26)
    expect(share(({ message, tag }) => message.category === tag?.category)).toBeGreaterThan(0.75)
    expect(share(({ message, tag }) => message.severity === tag?.severity)).toBeGreaterThan(0.7)
  })
})
