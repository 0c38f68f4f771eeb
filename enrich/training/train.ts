import { trainCategory } from './train-category.js'
import { trainCore } from './train-core.js'
import { trainLanguage } from './train-language.js'
import { trainThreatening } from './train-threatening.js'
import { trainWords } from './train-words.js'

// In this order: what comes later learns from the answers of what comes before.
const STEPS = {
  words: trainWords,
  core: trainCore,
  language: trainLanguage,
  threatening: trainThreatening,
  category: trainCategory,
} as const

const wanted = process.argv.slice(2)
for (const [name, train] of Object.entries(STEPS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const began = performance.now()
  await train()
  console.log(`${name}: trained in ${Math.round((performance.now() - began) / 1000)} s`)
}
