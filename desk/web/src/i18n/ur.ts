import type { Words } from './en.js'
import { correcting } from './correcting/ur.js'
import { media } from './media/ur.js'
import { mentions } from './mentions/ur.js'
import { reading } from './reading/ur.js'
import { reports } from './reports/ur.js'
import { shell } from './shell/ur.js'
import { sources } from './sources/ur.js'
import { tags } from './tags/ur.js'
import { watch } from './watch/ur.js'
import { words } from './words/ur.js'

export const ur: Words = {
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
