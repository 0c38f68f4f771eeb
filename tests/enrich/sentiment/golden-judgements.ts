import type { Category, Lang, Sentiment } from '../../../schemas/tags.js'

/** Messages of our own with what LABELLING.md makes of them, and the tags that come before sentiment. */
export const JUDGEMENTS: readonly (readonly [Sentiment, Lang, Category, string])[] = [
  ['positive', 'en', 'praise', 'Thank you KP Police for recovering my stolen bike within a day'],
  ['positive', 'en', 'praise', 'Salute to the brave men of Peshawar police'],
  ['positive', 'ur', 'praise', 'شکریہ مردان پولیس، میرا بچہ واپس مل گیا'],
  ['positive', 'ur', 'praise', 'شہداء کو سلام، قوم آپ کے ساتھ ہے'],
  ['positive', 'ps', 'praise', 'د پولیسو ډېره مننه چې زموږ مسله حل کړه'],
  ['positive', 'ur-Latn', 'praise', 'bohat shukria police walo, zabardast kaam kiya'],
  ['positive', 'ps-Latn', 'praise', 'shabash swat police der kha kar mo okro'],
  ['negative', 'en', 'complaint', 'Three days and nobody answers the phone at the station'],
  ['negative', 'en', 'complaint', 'SHO refused to register my FIR'],
  ['negative', 'en', 'complaint', 'Great job police, you came after two hours and the thief is free'],
  ['negative', 'en', 'complaint', 'Shame on you, useless corrupt force'],
  ['negative', 'ur', 'complaint', 'واہ کیا بات ہے پولیس کی، چور آزاد اور شریف اندر'],
  ['negative', 'ur', 'complaint', 'تھانے والے رپورٹ درج نہیں کرتے، چکر لگوا رہے ہیں'],
  ['negative', 'ur', 'misconduct', 'ایس ایچ او نے دس ہزار رشوت مانگی'],
  ['negative', 'ps', 'misconduct', 'د تاڼې منشي رشوت غواړي'],
  ['negative', 'ur-Latn', 'complaint', 'police wale koi action nahi le rahe, nikammi police'],
  ['negative', 'ps-Latn', 'complaint', 'sok zamung khabara na awri, police hes na kawi'],
  ['neutral', 'en', 'violence', 'Two brothers were brutally murdered in Swabi, the killers fled'],
  ['neutral', 'en', 'terrorism', 'Bomb blast near the police lines, many dead and injured'],
  ['neutral', 'en', 'crime', 'My phone was snatched at Board Bazaar, please help, thanks'],
  ['neutral', 'en', 'missing', 'My son is missing since morning, please help us sir'],
  ['neutral', 'en', 'inquiry', 'What are the office hours of the licence branch?'],
  ['neutral', 'en', 'inquiry', 'Please tell me the number of SP Cantt, thank you'],
  ['neutral', 'ur', 'extortion', 'پشاور میں بھتہ کی کال آئی ہے'],
  ['neutral', 'ur', 'violence', 'ظالم شوہر نے بیوی کو قتل کر دیا'],
  ['neutral', 'ur', 'mishap', 'سیلاب سے کئی گھر تباہ، لوگ پریشان'],
  ['neutral', 'ps', 'kidnapping', 'زما تره یې تښتولی دی، پیسې غواړي، مرسته وکړئ'],
  ['neutral', 'ur-Latn', 'crime', 'mere ghar se sona chori ho gaya hai please madad karein shukriya'],
  ['neutral', 'ps-Latn', 'violence', 'nan pa bazaar ke daze shawe di dwa kasan lagedali di'],
  ['neutral', 'en', 'other', 'Imran Khan zindabad, vote for change'],
]

/** Without a category (its enricher failed) the words alone decide. */
export const WORDS_ALONE: readonly (readonly [Sentiment, Lang, string])[] = [
  ['positive', 'en', 'Well done Kohat police, excellent work'],
  ['negative', 'en', 'Police took bribe and let him go, shame'],
  ['negative', 'en', 'Peshawar police is not good'],
  ['positive', 'ur', 'پولیس زندہ باد'],
  ['negative', 'ur', 'پولیس کا کام اچھا نہیں، سب نالائق ہیں'],
  ['neutral', 'ur', 'کل راستہ کھلا ہوگا؟'],
  ['negative', 'ur-Latn', 'police nikammi hai koi sunta nahi'],
  ['neutral', 'und', ''],
]
