const list = (words: string) => new Set(words.trim().split(/\s+/))

/** Urdu's small words in Latin letters that are neither English nor Pashto: they decide a mixed message, by LABELLING.md. */
export const URDU_GRAMMAR = list(`
  hai hain hay hy hen hein nahi nahin nahe nhi nai mein mai mei ko ka ki kya kia kyun kyu kiyun kiun q tha thi thay thy raha rahi rahe
  rahay rha rhi rhe rhy gaya gya gayi gyi gae gaye gai gye aur bhi hum yeh yai woh mera meri mere meray hamara hamari hamare hamary
  humara humari humare humary apna apni apne apny karo karen karein kren krein kro karta karti karte karty krta krti krte krty kr kar
  wala wali wale waly walay ne ny liye liy lia diya dia dya di kuch kch koi sab kab kahan kaha yahan yaha wahan jab tak lekin agar agr
  kisi uska uski uske iska iski iske unka unki unke inka inki inke isko usko unko inko mujhe mujhy mjhe muje mujay tum aap apko aapko
  apka aapka apki aapki hua hui huwa huwi hue hoga hogi hoge hota hoti hote hoty sakta sakti sakte sakty skta skti skte chahiye chahye
  chahiyen karna karne karni krna krne krni kerna dena lena bohat bahut bohot bht abhi pehle sath saath wajah tarah kaise kese kaisay
  kyunke kyunki jo jis jin unhon unhone inhon inhone usne isne maine mene hamne humne hamen hamein humen humein
`)

/** The same for Pashto. */
export const PASHTO_GRAMMAR = list(`
  zama zma zamung zamong zmung zmong zamunga zmunga mung mong munga moong moonga sta staso stasu stase taso tasu tase dey da deh dee ta
  pa kawi kawe kawey kaway kawo kawam kawal kawai okra ukra okrai ukrai okrey ukrey okre ukre okrah wokra wokrai okro ukro okram ukram
  shwa shwe shway shwey shwal sho shwo shwu shi shey shta nishta nashta wo wu wey raghle raghlay raghlo raghley raghla lar laro larem
  laram lari lare yam yum yama yu yoo dase dasi dasey hagha haga hagha haghe haghay haghwi haghoi haghui che chi sok tsok cha chaa sanga
  wali kala charta chirta cherta dalta dalte dalay halta halte os oss kha dera der ma mo ba wayi wai wayam wayo manana tol tola tolo
  rata raka rakai rakray warka warkra warkray warkai warta tlay tlalay zi zam raza razai rasha ke kay
`)

/** Small words that are English alone; `is`, `the`, `to`, `me`, `in`, `he`, `are`, `main` are Urdu too and prove nothing. */
export const ENGLISH_GRAMMAR = list(`
  was were will have has had been being am please who whom what where when why how my your our their them they she his her him its this
  that these those with from and of for not can cannot cant should would could did does dont didnt isnt wasnt there here about after
  before because if then than some any every all under near into out over again against during between while which you we it an at by
`)

/** Urdu's small words that another language has too: enough to doubt English, too little to prove Urdu. */
export const URDU_DOUBTFUL = list(`
  k ke se pe ho hi h he y or bhai yar yaar ji jee sahib salam allah kal aaj aj ab na koi sir par is the me di do
`)

export function shareOf(words: readonly string[], among: ReadonlySet<string>): { count: number; share: number } {
  let count = 0
  for (const word of words) if (among.has(word)) count++
  return { count, share: words.length === 0 ? 0 : count / words.length }
}
