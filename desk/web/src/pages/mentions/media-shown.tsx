import { useState, type ReactNode } from 'react'
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import { ActionButton } from '../../parts/action-button.js'

interface ShownProps {
  path: string
  name: string
}

/** Covers what it holds until somebody asks to see it. Nothing is loaded before. */
function Veil({ isVeiled, children }: { isVeiled: boolean; children: ReactNode }) {
  const { t } = useTranslation()
  const [lifted, setLifted] = useState(false)
  if (!isVeiled || lifted) return children
  return (
    <Button className="media-veil" onPress={() => setLifted(true)} data-testid="media-veil">
      {t('media.veiled')}
    </Button>
  )
}

/** A picture small; pressed, it opens large. */
export function MediaPicture({ path, name, isVeiled }: ShownProps & { isVeiled: boolean }) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const [isBroken, setBroken] = useState(false)
  if (isBroken) return <p className="quiet">{t('media.cannotShow')}</p>
  return (
    <Veil isVeiled={isVeiled}>
      <Button
        className="media-thumb"
        aria-label={t('media.open')}
        onPress={() => setOpen(true)}
        data-testid="media-picture"
      >
        <img src={path} alt={name} decoding="async" draggable={false} onError={() => setBroken(true)} />
      </Button>
      {isOpen && (
        <ModalOverlay isOpen onOpenChange={setOpen} isDismissable className="overlay">
          <Modal className="modal media-large">
            <Dialog className="dialog" data-testid="media-dialog">
              <div className="media-large-head">
                <Heading slot="title">{name}</Heading>
                <ActionButton look="quiet" hint="Esc" onPress={() => setOpen(false)}>
                  {t('media.close')}
                </ActionButton>
              </div>
              <img src={path} alt={name} data-testid="media-large" />
            </Dialog>
          </Modal>
        </ModalOverlay>
      )}
    </Veil>
  )
}

/** `0:04`, or nothing where the file does not say how long it is. */
function lengthOf(seconds: number): string | null {
  if (!Number.isFinite(seconds) || seconds <= 0) return null
  const whole = Math.max(1, Math.round(seconds))
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

/** A voice note with its player and its length. */
export function MediaSound({ path, name }: ShownProps) {
  const { t } = useTranslation()
  const [length, setLength] = useState<string | null>(null)
  const [isBroken, setBroken] = useState(false)
  if (isBroken) return <p className="quiet">{t('media.cannotPlay')}</p>
  return (
    <div className="media-sound">
      <audio
        controls
        preload="metadata"
        src={path}
        aria-label={name}
        onLoadedMetadata={(event) => setLength(lengthOf(event.currentTarget.duration))}
        onError={() => setBroken(true)}
        data-testid="media-sound"
      />
      {length !== null && (
        <span className="quiet figures">{t('media.duration', { length: `\u2066${length}\u2069` })}</span>
      )}
    </div>
  )
}

export function MediaFilm({ path, name, isVeiled }: ShownProps & { isVeiled: boolean }) {
  const { t } = useTranslation()
  const [isBroken, setBroken] = useState(false)
  if (isBroken) return <p className="quiet">{t('media.cannotPlay')}</p>
  return (
    <Veil isVeiled={isVeiled}>
      <video
        controls
        playsInline
        preload="metadata"
        src={path}
        aria-label={name}
        onError={() => setBroken(true)}
        data-testid="media-film"
      />
    </Veil>
  )
}
