import type { Lang } from '../api/types.js'
import { settingOf } from './script.js'

/** A few words of somebody's text inside a line of ours: quoted, isolated, in their own face. */
export function WordsOf({ text, lang }: { text: string; lang: Lang | null }) {
  const setting = settingOf(text, lang)
  return (
    <bdi className={`words face-${setting.face}`} lang={setting.lang} dir={setting.dir}>
      {text}
    </bdi>
  )
}
