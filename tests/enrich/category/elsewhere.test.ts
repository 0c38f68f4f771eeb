import { describe, expect, it } from 'vitest'
import { createRuleJudge } from '../../../enrich/enrichers/category/by-rules.js'
import { readText } from '../../../enrich/reading/words.js'
import { mentionOf, tagsWith } from '../threat/mention.js'

const rules = createRuleJudge()
const elsewhere = (text: string, districts: readonly string[] = []) =>
  rules.judge(mentionOf(text), readText(text), tagsWith(districts)).elsewhere

describe('places outside the province', () => {
  it.each([
    ['there', 'Quetta sariab road pe dhamaka hua hai'],
    ['there', 'there is a fire in Deira, people are jumping'],
    ['there', 'لاہور میں فائرنگ ہو رہی ہے'],
    ['there', 'په کراچۍ کې ډزې کېږي'],
    ['named', 'Lahore se bus aa rahi thi, daku loot rahe hain'],
    ['named', 'us khali makan mein chor hain, malik Dubai mein hai'],
    ['abroad', 'main Manchester mein hun'],
    ['home', 'bhai Riyadh gaya hai, ghar pe chor hain'],
    ['both', 'Dubai mein kaam karta hun, pichay ghar mein chor ghus gaye hain'],
    [undefined, 'yahan chor ghus gaye hain'],
    // A room, and a car that has sunk.
    [undefined, 'په کوټه کې مې غله دي'],
    [undefined, 'dubi hui gari mein do log hain'],
    // Named after a place, and here.
    [undefined, 'Bhakkar road pul pe aag lagi hai'],
    [undefined, 'Kabul number se dhamki aa rahi hai'],
  ])('are %s: %s', (where, text) => {
    expect(elsewhere(text)).toBe(where)
  })

  it('say nothing where a district is told', () => {
    expect(elsewhere('Lahore wali bus ko Mardan mein daku loot rahe hain', ['mardan'])).toBeUndefined()
  })
})
