import { correcting } from './correcting/en.js'
import { media } from './media/en.js'
import { mentions } from './mentions/en.js'
import { reading } from './reading/en.js'
import { reports } from './reports/en.js'
import { shell } from './shell/en.js'
import { sources } from './sources/en.js'
import { tags } from './tags/en.js'
import { watch } from './watch/en.js'
import { words } from './words/en.js'
import type { Shape } from './shape.js'

/** Every word the desk says, in English, by page: the one the other languages are checked against. */
export const en = {
  ...shell,
  ...tags,
  ...mentions,
  ...reading,
  ...correcting,
  ...media,
  ...watch,
  ...reports,
  ...sources,
  ...words,
}

/** A language of the desk: the same words as English, none missing, none of its own. */
export type Words = Shape<typeof en>
