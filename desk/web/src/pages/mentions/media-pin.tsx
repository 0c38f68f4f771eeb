import { useTranslation } from 'react-i18next'
import type { EnrichedMention } from '../../api/types.js'
import { useDistricts } from '../../parts/use-names.js'

type Location = NonNullable<EnrichedMention['location']>

/** A map of the place on a site of others: it learns the place, so nothing goes there before somebody presses. */
function mapAddress({ latitude, longitude }: Location): string {
  const [lat, lon] = [latitude.toFixed(6), longitude.toFixed(6)]
  return `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=15/${lat}/${lon}`
}

/** A location pin: the district it lies in, its own words, and where it is. */
export function MediaPin({ mention, location }: { mention: EnrichedMention; location: Location }) {
  const { t } = useTranslation()
  const districts = useDistricts()
  const places = mention.tags.districts?.filter(({ basis }) => basis === 'pin').map(({ id }) => districts.name(id))
  const coordinates = `${location.latitude.toFixed(5)},${location.longitude.toFixed(5)}`
  return (
    <li className="media" data-testid="media-pin">
      <p className="media-line">
        <b>{t('media.location')}</b>
        {places !== undefined && (
          <span data-testid="pin-district">
            {places.length > 0
              ? t('media.pinDistrict', { district: places.join(t('app.comma')) })
              : mention.tags.districts?.length === 0 && t('media.pinNoDistrict')}
          </span>
        )}
        {location.name !== null && <bdi>{location.name}</bdi>}
        {location.address !== null && <bdi>{location.address}</bdi>}
        <bdi dir="ltr" className="figures">
          geo:{coordinates}
        </bdi>
        <a
          href={mapAddress(location)}
          target="_blank"
          rel="noopener noreferrer nofollow"
          title={t('media.mapNote')}
          data-testid="pin-map"
        >
          {t('media.map')}
        </a>
      </p>
    </li>
  )
}
