import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import { ActionButton } from '../parts/action-button.js'

/** Every key of the desk, by page. */
export function KeysHelp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const groups = [
    {
      title: t('keys.anywhere'),
      keys: [
        ['?', t('keys.help')],
        ['/', t('keys.search')],
        ['1 2 3 4 5', t('keys.goto')],
        ['Esc', t('keys.escape')],
      ],
    },
    {
      title: t('keys.mentions'),
      keys: [
        ['j', t('keys.down')],
        ['k', t('keys.up')],
        ['Enter', t('keys.open')],
        ['r', t('keys.reply')],
        ['f', t('keys.forward')],
        ['c', t('keys.correct')],
        ['s', t('keys.fresh')],
        ['Ctrl Enter', t('keys.send')],
      ],
    },
    {
      title: t('keys.watch'),
      keys: [
        ['a', t('keys.acknowledge')],
        ['j', t('keys.down')],
        ['k', t('keys.up')],
        ['Enter', t('keys.open')],
        ['f', t('keys.forward')],
      ],
    },
  ] as const
  return (
    <ModalOverlay isOpen={isOpen} onOpenChange={(open) => !open && onClose()} isDismissable className="overlay">
      <Modal className="modal modal-wide">
        <Dialog className="dialog" data-testid="keys-help">
          <Heading slot="title">{t('keys.title')}</Heading>
          <div className="keys-groups">
            {groups.map((group) => (
              <section key={group.title}>
                <h3>{group.title}</h3>
                <dl className="keys-list">
                  {group.keys.map(([key, what]) => (
                    <div key={key}>
                      <dt dir="ltr">
                        {key.split(' ').map((one) => (
                          <kbd key={one}>{one}</kbd>
                        ))}
                      </dt>
                      <dd>{what}</dd>
                    </div>
                  ))}
                </dl>
              </section>
            ))}
          </div>
          <p className="quiet">{t('keys.none')}</p>
          <div className="dialog-actions">
            <ActionButton onPress={onClose}>{t('keys.close')}</ActionButton>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
