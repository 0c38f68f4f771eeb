import { describe, expect, it } from 'vitest'
import { districtsIn } from './support.js'

describe('what is named after a place and is none', () => {
  it.each([
    'Khyber Pakhtunkhwa police zindabad',
    'KPK mein barish',
    'خیبر پختونخوا پولیس زندہ باد',
    'خیبر پختون خواہ حکومت',
    'د خیبر پښتونخوا پولیس',
    'Khyber News pe dekha',
    'Khyber TV interview',
    'Khyber Mail late hai',
    'Peshawar Zalmi jeet gayi',
    'پشاور زلمی کی جیت',
    '#PeshawarZalmi',
    '#peshawarzalmi',
    'a SWAT team stormed the house',
    'our water tank is leaking',
    'petrol tank mein aag',
    'tanker driver',
    'army tank exercise',
    'Bannu beef pulao kahan milta hai',
    'بنوں بیف پلاؤ',
    'زوجي يطبخ اليوم وأنا مستريحة',
    'امی کی کلائی پر نئی چوڑیاں',
    'دیگاں چڑھیاں ہن',
    'بورڈ کے نتیجے آ گئے',
    'مالاکنڈ ریجن کے افسر',
    'شب قدر میں عبادت کرو',
    'Malakand Division ke log',
    'ملاکنڈ ڈویژن',
    'Hazara Motorway band',
    'ہزارہ ایکسپریس لیٹ',
    'Mardan Khan ne kaha',
    'Shahid Afridi',
    'Pervez Khattak ka bayan',
    'Malala Yousafzai',
    'Kashif Mohmand acha insan hai',
    'Peshawari chappal chahiye',
    'پشاوری کباب',
    'Charsadda chappal ki dukan',
    'چارسدہ چپل',
    'Peshawar Mor metro station',
    'پشاور موڑ اسلام آباد',
    'Kohat Enclave Rawalpindi mein chori',
    'Swat Town Karachi mein firing',
    'Rawalpindi ke Peshawar road par hadsa',
    'Lahore mein barish',
    'کراچی کے صدر میں آگ',
    'بہت دیر ہوگئی ہے',
    'تھوڑی دیر میں آتا ہوں',
    'اللہ کا کرم ہے',
    'topi pehan lo',
    'bara bhai aya tha',
    'wo bohat der se aya',
    'i wana go home',
    'naye shehr ki taraqqi zaroori hai',
    'kahan ja rahe ho, karo jo karna hai',
  ])('%s', (text) => {
    expect(districtsIn(text)).toEqual([])
  })

  it('an institution of the name is in its city', () => {
    expect(districtsIn('Khyber Medical College ke samne protest')).toEqual(['peshawar'])
    expect(districtsIn('Khyber Teaching Hospital emergency')).toEqual(['peshawar'])
    expect(districtsIn('University of Malakand me jhagra')).toEqual(['dir-lower'])
    expect(districtsIn('Hazara University hostel')).toEqual(['mansehra'])
  })
})

describe('ordinary words that are also places', () => {
  it.each([
    ['zila Tank me bomb', ['tank']],
    ['Tank mein firing', ['tank']],
    ['Topi Swabi mein', ['swabi']],
    ['tehsil Topi', ['swabi']],
    ['ضلع کرم میں', ['kurram']],
    ['Khar bazar blast', ['bajaur']],
    ['Bara bazar blast', ['khyber']],
    ['in Wana', ['south-waziristan-lower']],
    ['په بنو کې', ['bannu']],
    ['تحصیل تنگی', ['charsadda']],
    ['Kalam valley road', ['swat']],
    ['مٹہ میں', ['swat']],
  ])('%s', (text, ids) => {
    expect(districtsIn(text)).toEqual(ids)
  })
})

describe('places inside districts', () => {
  it.each([
    ['Hayatabad', 'peshawar'],
    ['حیات آباد', 'peshawar'],
    ['LRH', 'peshawar'],
    ['قصہ خوانی بازار', 'peshawar'],
    ['Board Bazar', 'peshawar'],
    ['Landi Kotal', 'khyber'],
    ['لنډي کوتل', 'khyber'],
    ['Takht-i-Bahi', 'mardan'],
    ['Akora Khattak', 'nowshera'],
    ['Shabqadar', 'charsadda'],
    ['Mingora', 'swat'],
    ['مینګوره', 'swat'],
    ['bat khela', 'malakand'],
    ['بټخېله', 'malakand'],
    ['Chakdara', 'dir-lower'],
    ['Kumrat', 'dir-upper'],
    ['Ayub Teaching Hospital', 'abbottabad'],
    ['Tarbela', 'haripur'],
    ['بالاکوټ', 'mansehra'],
    ['Dasu', 'kohistan-upper'],
    ['Parachinar', 'kurram'],
    ['پاړه چنار', 'kurram'],
    ['Miranshah', 'north-waziristan'],
    ['میر علی', 'north-waziristan'],
    ['وانا', 'south-waziristan-lower'],
    ['Makeen bazar', 'south-waziristan-upper'],
    ['Gomal University', 'dera-ismail-khan'],
    ['سرائے نورنگ', 'lakki-marwat'],
  ])('%s is in %s', (name, id) => {
    expect(districtsIn(`${name} میں`)).toEqual([id])
  })
})

describe('one place named after another, and several places', () => {
  it.each([
    ['Malakand chowk in Mardan band hai', ['mardan']],
    ['Charsadda road Peshawar pe jam', ['peshawar']],
    ['Charsadda Road par jam hai', ['peshawar']],
    ['Bannu Adda Kohat me chori', ['kohat']],
    ['Mardan Road Swabi par hadsa', ['swabi']],
    ['Jamrud Road par jam', ['peshawar']],
    ['Saddar mein chori', ['peshawar']],
    ['Saddar Kohat mein chori', ['kohat']],
    ['Peshawar aur Mardan mein bijli nahi', ['mardan', 'peshawar']],
    ['فوارہ چوک ہریپور میں جام', ['haripur']],
    ['د کلايې په بازار کې ډزې', ['orakzai']],
    ['تحصیل شب قدر میں فائرنگ', ['charsadda']],
    ['मालम जब्बा में बर्फ़', ['swat']],
    ['کوہاٹ اور ہنگو میں', ['hangu', 'kohat']],
    ['Swat ka rehne wala Peshawar mein qatal', ['peshawar']],
    ['Main Swat se hun, bike chori ho gayi', ['swat']],
    ['Mardan ke halat Karachi jaise, Peshawar ki tarah nahi', ['mardan']],
    ['Peshawar se Swat ja rahe the, Mardan ke qareeb hadsa hua', ['mardan']],
  ])('%s', (text, ids) => {
    expect(districtsIn(text)).toEqual(ids)
  })
})

describe('hashtags, handles, links and joined words', () => {
  it.each([
    ['#PeshawarBlast', ['peshawar']],
    ['#peshawarblast', ['peshawar']],
    ['#پشاور_دھماکہ', ['peshawar']],
    ['#PrayForKohat', ['kohat']],
    ['#swatflood', ['swat']],
    ['#DIKhan', ['dera-ismail-khan']],
    ['پشاورمیں ڈکیتی', ['peshawar']],
    ['دپېښور پولیس', ['peshawar']],
    ['سواتکې سیلاب', ['swat']],
    ['peshawarmein dacoity', ['peshawar']],
    ['@DPO_Swat please help', ['swat']],
    ['@KohatTigers are the best', []],
    ['https://example.com/peshawar-blast', []],
    ['write to info@mardan.example.com', []],
  ])('%s', (text, ids) => {
    expect(districtsIn(text)).toEqual(ids)
  })
})
