import { describe, expect, it } from 'vitest'
import { loadDistrictTable } from '../../../runtime/district-table.js'
import { districtsIn } from './support.js'

const table = loadDistrictTable()

/** How people write each district in Latin letters besides the name in the table, misspellings among them. */
const ROMAN: Readonly<Record<string, readonly string[]>> = {
  peshawar: ['Pekhawar', 'Pikhawar', 'Peshawer', 'Pishawar', 'pesahwar', 'PESHAWAR'],
  khyber: ['khaiber', 'Khyber Agency'],
  mardan: ['mardaan', 'MARDAN'],
  swabi: ['Sawabi', 'swabi'],
  nowshera: ['Nowshehra', 'Noshehra', 'Noshera', 'Naushera'],
  charsadda: ['Chaarsadda', 'Charsada', 'Charsaddah'],
  mohmand: ['mohmand agency', 'mohmand'],
  swat: ['Sawat', 'swaat'],
  shangla: ['shanglah', 'Shangala'],
  buner: ['Bunair', 'Buneer', 'Bonair'],
  malakand: ['malakund', 'Malakand Agency'],
  'dir-lower': ['Dir Lower', 'dir payeen', 'Kuz Dir', 'lower deer'],
  'dir-upper': ['Dir Bala', 'Dir Upper', 'Bar Dir', 'uper dir'],
  'dir-central': ['Dir Central', 'wasti dir'],
  'chitral-lower': ['Chitral Lower', 'kuz chitral'],
  'chitral-upper': ['Chitral Upper', 'bar chitral', 'uper chitral'],
  bajaur: ['Bajour', 'Bajawar', 'bajaur agency'],
  abbottabad: ['Abbotabad', 'abottabad', 'Abotabad'],
  haripur: ['Hari Pur', 'Haripur Hazara'],
  mansehra: ['Manshera', 'mansehara', 'Mansera'],
  battagram: ['Batagram', 'batgram'],
  torghar: ['Tor Ghar', 'Kala Dhaka'],
  'kohistan-upper': ['Kohistan Upper', 'uper kohistan'],
  'kohistan-lower': ['Kohistan Lower'],
  'kolai-palas': ['Kolai Palas', 'kolai pallas'],
  kohat: ['Kohaat', 'KOHAT'],
  hangu: ['hangoo', 'Hango'],
  karak: ['karak', 'Karrak'],
  kurram: ['Kurram Agency', 'lower kurram'],
  orakzai: ['Orakzai Agency', 'orakzai'],
  bannu: ['Bannoo', 'bannu'],
  'lakki-marwat': ['Laki Marwat', 'lakki marwat', 'Lucky Marwat'],
  'north-waziristan': ['Shumali Waziristan', 'north wazirstan'],
  'dera-ismail-khan': ['DI Khan', 'D.I.Khan', 'DIKhan', 'Dera Ismael Khan', 'D I Khan'],
  tank: ['Tank', 'district tank'],
  'south-waziristan-upper': ['South Waziristan Upper'],
  'south-waziristan-lower': ['South Waziristan Lower'],
}

describe('the names of the districts', () => {
  it.each(table.districts.map((district) => [district.id, district.names] as const))(
    '%s in three languages',
    (id, names) => {
      expect(districtsIn(`Firing reported in ${names.en} tonight`)).toEqual([id])
      expect(districtsIn(`ضلع ${names.ur} میں فائرنگ ہوئی ہے`)).toEqual([id])
      expect(districtsIn(`په ${names.ps} کې ډزې شوې دي`)).toEqual([id])
    },
  )

  it.each(table.districts.map((district) => [district.id]))('%s as people write it in Latin letters', (id) => {
    const names = ROMAN[id] ?? []
    expect(names.length).toBeGreaterThan(0)
    for (const name of names) expect([name, districtsIn(`bhai ${name} mein chori hui hai`)]).toEqual([name, [id]])
  })

  it.each([
    ['Dir', ['dir-central', 'dir-lower', 'dir-upper']],
    ['Chitral', ['chitral-lower', 'chitral-upper']],
    ['Kohistan', ['kohistan-lower', 'kohistan-upper', 'kolai-palas']],
    ['South Waziristan', ['south-waziristan-lower', 'south-waziristan-upper']],
    ['Waziristan', ['north-waziristan', 'south-waziristan-lower', 'south-waziristan-upper']],
  ])('%s alone is every district of that name', (name, ids) => {
    expect(districtsIn(`${name} mein network band hai`)).toEqual(ids)
  })

  it.each([
    ['Upper Dir', 'dir-upper'],
    ['دیر بالا', 'dir-upper'],
    ['بالائی دیر', 'dir-upper'],
    ['بر دیر', 'dir-upper'],
    ['دیر پایین', 'dir-lower'],
    ['دیر زیریں', 'dir-lower'],
    ['کوز دیر', 'dir-lower'],
    ['ښکته دیر', 'dir-lower'],
    ['وسطی دیر', 'dir-central'],
    ['اپر چترال', 'chitral-upper'],
    ['لوئر کوہستان', 'kohistan-lower'],
    ['اپر جنوبی وزیرستان', 'south-waziristan-upper'],
    ['شمالی وزیرستان', 'north-waziristan'],
  ])('%s is one of them', (name, id) => {
    expect(districtsIn(`${name} میں سڑک بند ہے`)).toEqual([id])
  })

  it('a place of one of them says which is meant', () => {
    expect(districtsIn('Chitral ke ilaqe Booni mein sailab')).toEqual(['chitral-upper'])
    expect(districtsIn('South Waziristan, Wana bazar blast')).toEqual(['south-waziristan-lower'])
    expect(districtsIn('دیر کے علاقے تیمرگرہ میں حادثہ')).toEqual(['dir-lower'])
  })

  it.each([
    ['په مینګورې کې ډزې دي', 'swat'],
    ['د مانسهرې پولیس نه رسي', 'mansehra'],
    ['مانسہرے میں فائرنگ', 'mansehra'],
    ['पेशावर में धमाका हुआ', 'peshawar'],
    ['मिंगोरा में गोली चली', 'swat'],
    ['डेरा इस्माइल खान में आग', 'dera-ismail-khan'],
    ['انفجار في بيشاور', 'peshawar'],
    ['Fire in the fruit market Topi', 'swabi'],
    ['Rasta Kalam ka khula hai?', 'swat'],
    ['Zaida mein chori', 'swabi'],
    ['تھانہ صافی میں کوئی نہیں', 'mohmand'],
  ])('%s: bent before "in" and "of", in Devanagari, in Arabic, or by its capital alone', (text, id) => {
    expect(districtsIn(text)).toEqual([id])
  })

  it.each(['पेशावरी चप्पल', 'खैबर पख्तूनख्वा पुलिस', 'वह वहां बैठा है', 'Waqas Safi acha afsar hai', 'وینې ډېرې دي'])(
    '%s is no place of ours',
    (text) => {
      expect(districtsIn(text)).toEqual([])
    },
  )
})
