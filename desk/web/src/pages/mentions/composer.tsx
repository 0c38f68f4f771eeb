import { useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '../../api/http.js'
import { useReply } from '../../api/mentions.js'
import { useMay } from '../../api/session.js'
import type { MentionDetail } from '../../api/types.js'
import { useKeys } from '../../keys/keys.js'
import { ActionButton } from '../../parts/action-button.js'
import { roomLeft, smsParts } from '../../text/length.js'
import { settingOf } from '../../text/script.js'
import { useMinute } from '../../time/clock.js'
import { useClickKey, useDraft } from './drafts.js'

function Room({ detail, text }: { detail: MentionDetail; text: string }) {
  const { t } = useTranslation()
  const minute = useMinute()
  const { channel } = detail.mention
  const { windowClosesAt } = detail.reply
  const left = roomLeft(channel, text, detail.reply)
  const span = (ms: number): string => {
    const minutes = Math.floor(ms / 60_000)
    const rest = t('step.minutes', { count: minutes % 60 })
    return minutes < 60 ? rest : `${t('step.hours', { count: Math.floor(minutes / 60) })} ${rest}`
  }
  const closesMs = windowClosesAt === null ? null : Date.parse(windowClosesAt) - minute
  return (
    <span className="composer-room quiet figures">
      {closesMs !== null && (
        <span className={closesMs < 3_600_000 ? 'case-late' : ''}>
          {closesMs <= 0 ? t('reply.closed') : t('reply.closes', { in: span(closesMs) })}
        </span>
      )}
      {channel === 'sms' && text !== '' && <span>{t('reply.parts', { count: smsParts(text) })}</span>}
      <span className={left < 0 ? 'case-late' : ''} data-testid="characters-left">
        {left < 0 ? t('reply.over', { count: -left }) : t('reply.left', { count: left })}
      </span>
    </span>
  )
}

/** The answer on the channel the message came by. What was typed stays until it was taken, whatever is opened meanwhile. */
export function Composer({ detail }: { detail: MentionDetail }) {
  const { t } = useTranslation()
  const { mention, reply } = detail
  const mayReply = useMay('mentions:reply')
  const [text, setText] = useDraft(mention.id)
  const [problem, setProblem] = useState<string | null>(null)
  const send = useReply(mention.id)
  const click = useClickKey('reply', mention.id)
  const field = useRef<HTMLTextAreaElement>(null)
  const possible = mayReply && reply.possible
  useKeys(possible ? { r: () => field.current?.focus() } : {})

  const fits = roomLeft(mention.channel, text.trim(), reply) >= 0
  const ready = possible && text.trim() !== '' && fits && !send.isPending
  // An empty field speaks the language of the page; what is typed decides from its first letter.
  const setting = text === '' ? null : settingOf(text, mention.tags.language?.lang ?? null)

  const submit = (): void => {
    if (!ready) return
    setProblem(null)
    const words = text.trim()
    send.mutate(
      { text: words, key: click.keyFor(words) },
      {
        onSuccess: () => {
          click.taken()
          setText('')
        },
        onError: (error) =>
          setProblem(
            error instanceof Problem && error.status > 0
              ? t('reply.failed', { detail: error.message })
              : t('reply.unknown'),
          ),
      },
    )
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      submit()
    }
    if (event.key === 'Escape') field.current?.blur()
  }

  if (!possible) {
    const why = !mayReply
      ? t('reply.notAllowed')
      : t('reply.impossible', { reason: reply.reason ?? t('reply.noReason') })
    return (
      <div className="composer composer-closed" data-testid="composer-closed">
        <p className="quiet">
          <bdi>{why}</bdi>
        </p>
      </div>
    )
  }
  return (
    <div className="composer">
      <div className="composer-head">
        <label htmlFor="reply-text">{t('reply.title', { channel: t(`channel.${mention.channel}`) })}</label>
        <Room detail={detail} text={text} />
      </div>
      <textarea
        id="reply-text"
        ref={field}
        className={`composer-field${setting === null ? '' : ` face-${setting.face}`}`}
        dir={setting?.dir}
        rows={3}
        value={text}
        placeholder={t('reply.placeholder')}
        readOnly={send.isPending}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        data-testid="composer"
      />
      {problem !== null && (
        <p className="form-problem" role="alert" data-testid="reply-problem">
          <bdi>{problem}</bdi>
        </p>
      )}
      <div className="composer-actions">
        {!mention.private && <span className="quiet">{t('reply.publicNote')}</span>}
        <ActionButton look="main" hint="Ctrl ↵" isDisabled={!ready} onPress={submit} data-testid="send">
          {send.isPending ? t('reply.sending') : t('reply.send')}
        </ActionButton>
      </div>
    </div>
  )
}
