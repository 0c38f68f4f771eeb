import type { Words } from './en.js'
import { correcting } from './correcting/ps.js'
import { media } from './media/ps.js'
import { mentions } from './mentions/ps.js'
import { reading } from './reading/ps.js'
import { reports } from './reports/ps.js'
import { shell } from './shell/ps.js'
import { sources } from './sources/ps.js'
import { tags } from './tags/ps.js'
import { watch } from './watch/ps.js'
import { words } from './words/ps.js'

export const ps: Words = {
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
