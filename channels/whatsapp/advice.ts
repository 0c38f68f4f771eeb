/** What an officer can do about an error of the Cloud API, by its code. */
const ADVICE = new Map<string, string>([
  ['131047', 'More than 24 hours have passed since the person last wrote: only an approved template may be sent now'],
  ['131026', 'The number is not on WhatsApp, or its owner does not accept business messages: use another channel'],
  ['131030', 'The number is not on the list of test recipients: add it in the Meta app'],
  ['131021', 'Sender and recipient are the same number'],
  ['131031', 'The WhatsApp business account is locked: an administrator must look into Meta Business Suite'],
  ['131042', 'The WhatsApp business account cannot pay: an administrator must look into Meta Business Suite'],
  ['131048', 'Too many people blocked or reported this number: WhatsApp holds its messages back'],
  ['131049', 'WhatsApp holds it back so that the person does not get too many messages'],
  ['131050', 'The person asked not to get such messages'],
  ['368', 'The account is blocked for breaking a policy: an administrator must look into Meta Business Suite'],
  ['190', 'The access token is not valid any more: an administrator must set a new one in RABTA_WHATSAPP_ACCESS_TOKEN'],
  ['10', 'The app may not do this: an administrator must give it the permission whatsapp_business_messaging'],
  ['132000', 'The number of values does not fit the template'],
  ['132001', 'The template does not exist in this language, or is not approved'],
  ['132012', 'The values do not fit the template'],
  ['132015', 'The template is paused for poor quality'],
  ['132016', 'The template is disabled for good'],
  ['133010', 'The phone number is not registered with the Cloud API'],
])

export function adviceFor(code: string | undefined): string | undefined {
  return code === undefined ? undefined : ADVICE.get(code)
}
