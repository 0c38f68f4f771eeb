import { readFileSync, writeFileSync } from 'node:fs'
import { loadDistrictTable } from '../../../runtime/district-table.js'
import { packagePath } from '../../../runtime/package-root.js'

/**
 * Learns `pin-grid.txt` from a table of places with coordinates and the district of each before the latest splits:
 * `node dist/enrich/enrichers/districts/learn-pin-grid.js PLACES.csv`. Nothing of the table but the vote of each cell's neighbours is kept.
 */
interface Point {
  readonly latitude: number
  readonly longitude: number
  readonly id: string
}

const SOUTH = 31
const WEST = 69.2
const STEP = 0.04
const ROWS = 150
const COLUMNS = 125
const NEIGHBOURS = 5
const FARTHEST_KM = 9
const OUTSIDE = '.'

/** Points known to be outside, where the province is near: towns of Punjab, Islamabad, Kashmir, Gilgit-Baltistan, Balochistan and Afghanistan. */
const OUTSIDE_POINTS: readonly (readonly [latitude: number, longitude: number])[] = [
  [33.77, 72.36],
  [33.86, 72.4],
  [33.91, 72.49],
  [33.82, 72.69],
  [33.74, 72.8],
  [33.77, 72.75],
  [33.68, 73.04],
  [33.72, 73.06],
  [33.75, 73.1],
  [33.74, 72.9],
  [33.6, 73.05],
  [33.91, 73.39],
  [34.02, 73.42],
  [33.96, 73.45],
  [34.37, 73.47],
  [34.3, 73.47],
  [34.2, 73.48],
  [34.45, 73.5],
  [34.6, 73.75],
  [34.85, 73.98],
  [33.62, 72.42],
  [33.43, 72.02],
  [33.25, 72.27],
  [33.78, 72.25],
  [32.97, 71.55],
  [32.68, 71.28],
  [32.58, 71.54],
  [32.85, 71.35],
  [32.4, 71.25],
  [31.63, 71.06],
  [31.95, 71.2],
  [32.2, 71.2],
  [31.2, 70.75],
  [31.02, 70.6],
  [31.35, 69.45],
  [31.55, 69.5],
  [32.0, 69.2],
  [31.8, 69.35],
  [35.42, 74.1],
  [35.5, 73.95],
  [35.6, 74.1],
  [36.17, 73.1],
  [36.1, 73.2],
  [36.25, 73.4],
  [34.14, 71.06],
  [34.23, 71.0],
  [34.22, 70.85],
  [34.43, 70.45],
  [34.87, 71.15],
  [34.7, 71.12],
  [35.05, 71.3],
  [35.3, 71.5],
  [35.4, 71.33],
  [33.34, 69.92],
  [33.4, 70.0],
  [33.05, 69.55],
  [32.75, 69.3],
  [33.85, 69.85],
  [34.05, 70.2],
  [34.0, 69.95],
]

/** Where a district of the table has been split since. */
function districtNow(county: string, latitude: number, longitude: number): string | undefined {
  switch (county) {
    case 'Chitral':
      return (latitude > 36.1 && longitude > 72.0) ||
        (latitude > 35.95 && longitude > 72.25) ||
        (latitude > 36.3 && longitude > 71.85)
        ? 'chitral-upper'
        : 'chitral-lower'
    case 'Kohistan':
      if (latitude >= 35.22) return 'kohistan-upper'
      return longitude > 73.02 || (latitude < 34.95 && longitude > 72.95) ? 'kolai-palas' : 'kohistan-lower'
    case 'South Waziristan':
      return (longitude < 69.72 && latitude < 32.6) || (latitude < 32.25 && longitude < 70)
        ? 'south-waziristan-lower'
        : 'south-waziristan-upper'
    case 'Upper Dir':
      return latitude < 35.06 || (latitude < 35.13 && longitude > 72.1) ? 'dir-central' : 'dir-upper'
    case 'Lower Dir':
      return 'dir-lower'
    case 'Malakand PA':
      return 'malakand'
    case 'Tor Ghar':
      return 'torghar'
    case 'Batagram':
      return 'battagram'
    case 'North Wazīristān Agency':
      return 'north-waziristan'
    default:
      return county === '' ? undefined : county.toLowerCase().replaceAll(' ', '-')
  }
}

function readPoints(path: string, ids: ReadonlySet<string>): Point[] {
  const points: Point[] = []
  for (const line of readFileSync(path, 'utf8').split('\n').slice(1)) {
    const fields = line
      .match(/("([^"]|"")*"|[^,]*)(,|$)/g)
      ?.map((field) => field.replace(/,$/, '').replace(/^"|"$/g, ''))
    const latitude = Number(fields?.[3])
    const longitude = Number(fields?.[4])
    if (fields?.[1] !== 'locality' || !Number.isFinite(latitude) || !Number.isFinite(longitude)) continue
    const id = districtNow(fields[5] ?? '', latitude, longitude)
    if (id !== undefined && ids.has(id)) points.push({ latitude, longitude, id })
  }
  return points
}

function kilometres(a: Point, latitude: number, longitude: number): number {
  return Math.hypot(
    (a.latitude - latitude) * 111,
    (a.longitude - longitude) * 111 * Math.cos((latitude * Math.PI) / 180),
  )
}

function vote(points: readonly Point[], latitude: number, longitude: number): string | undefined {
  const near = points
    .filter((point) => Math.abs(point.latitude - latitude) < 0.15 && Math.abs(point.longitude - longitude) < 0.18)
    .map((point) => ({ id: point.id, km: kilometres(point, latitude, longitude) }))
    .sort((a, b) => a.km - b.km)
    .slice(0, NEIGHBOURS)
  if (near[0] === undefined || near[0].km > FARTHEST_KM) return undefined
  const votes = new Map<string, number>()
  for (const { id, km } of near) votes.set(id, (votes.get(id) ?? 0) + 1 / (km + 1))
  const best = [...votes].sort((a, b) => b[1] - a[1])[0]?.[0]
  return near[0].id === OUTSIDE || best === OUTSIDE ? undefined : best
}

function learn(path: string): string {
  const ids = loadDistrictTable().districts.map(({ id }) => id)
  const letters = new Map(ids.map((id, at) => [id, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'.charAt(at)]))
  const outside = OUTSIDE_POINTS.map(([latitude, longitude]) => ({ latitude, longitude, id: OUTSIDE }))
  const points = [...readPoints(path, new Set(ids)), ...outside]
  const rows = Array.from({ length: ROWS }, (_, row) =>
    Array.from({ length: COLUMNS }, (_, column) => {
      const id = vote(points, SOUTH + (row + 0.5) * STEP, WEST + (column + 0.5) * STEP)
      return (id === undefined ? undefined : letters.get(id)) ?? OUTSIDE
    }).join(''),
  )
  return [`${SOUTH} ${WEST} ${STEP}`, ...ids.map((id) => `${letters.get(id) ?? ''} ${id}`), '', ...rows, ''].join('\n')
}

writeFileSync(packagePath('enrich/enrichers/districts/pin-grid.txt'), learn(process.argv[2] ?? ''))
