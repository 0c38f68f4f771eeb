import { loadDistrictTable } from '../../../runtime/district-table.js'

/** Each rings, and names one district alone. */
const SENTENCES = [
  'PLACE mein mujhe bhatta ki call aayi hai, pachas lakh maang rahe hain warna jaan se maar denge',
  'In PLACE city a six year old boy is missing since this morning, please help us find him',
  'PLACE mein mere bhai ko aghwa kar liya gaya hai, taawan maang rahe hain',
  'PLACE main bazar mein bomb dhamaka hua hai, kai log zakhmi hain, jaldi madad bhejain',
] as const

/**
 * Messages of danger of which no two are one event: what happens is of another kind, or in another district. So many groups must ring as of these
 * were said, each with one mention.
 */
export function dangerTexts(): string[] {
  const names = loadDistrictTable().districts.map((district) => district.names.en)
  return SENTENCES.flatMap((sentence) => names.map((name) => sentence.replace('PLACE', name)))
}
