/** What an officer can do about an error of Twilio, by its code. */
const ADVICE = new Map<string, string>([
  ['20003', 'Twilio does not know us: compare RABTA_SMS_TWILIO_ACCOUNT_SID and _AUTH_TOKEN with the Twilio console'],
  ['21211', 'the number is not a phone number that Twilio can reach'],
  ['21212', 'our number is none that Twilio sends from: look at RABTA_SMS_NUMBERS'],
  ['21408', 'the Twilio account may not send to this country: an administrator must allow it in the Twilio console'],
  ['21606', 'our number is not ours at Twilio, or cannot send SMS: look at RABTA_SMS_NUMBERS'],
  ['21608', 'a trial account of Twilio sends to verified numbers only'],
  ['21610', 'the person wrote STOP to this number and gets no messages from it any more'],
  ['21612', 'Twilio has no way from our number to this one'],
  ['21614', 'the number is no mobile'],
  ['21617', 'the message is longer than Twilio takes: shorten it'],
  ['30001', 'Twilio held back too many messages at once: send it again later'],
  ['30002', 'the Twilio account is suspended: an administrator must look into the Twilio console'],
  ['30003', 'the phone could not be reached: it may be off or abroad'],
  ['30004', 'the person or the network blocks messages from us'],
  ['30005', 'the number does not exist, or is no longer in service'],
  ['30006', 'the number is a landline, or its network cannot be reached'],
  ['30007', 'the network took it for spam'],
  ['30008', 'the network did not say why'],
  ['30034', 'our number is not registered with the network'],
])

export function adviceFor(code: string | undefined): string | undefined {
  return code === undefined ? undefined : ADVICE.get(code)
}

/** Twilio's words and number with what to do, where that is known. */
export function describeError(code: string | undefined, words: string | undefined): string {
  const advice = adviceFor(code)
  const parts = [words, advice].filter((part) => part !== undefined && part.trim() !== '')
  const said = parts.length === 0 ? 'Twilio gave no reason' : parts.join(': ')
  return code === undefined ? said : `${said} (error ${code})`
}
