import { trainCategory } from './train-category.js'
import { trainLanguage } from './train-language.js'
import { trainThreatening } from './train-threatening.js'

// In this order: what comes later learns from the answers of what comes before.
const STEPS = { language: trainLanguage, threatening: trainThreatening, category: trainCategory } as const

const wanted = process.argv.slice(2)
for (const [name, train] of Object.entries(STEPS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const began = performance.now()
  await train()
  console.log(`${name}: trained in ${Math.round((performance.now() - began) / 1000)} s`)
}
