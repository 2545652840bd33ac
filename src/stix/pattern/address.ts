// Tells which observable an address can only belong to. Where a text could be anything else, such
// as a host name, nothing is guessed.

export type AddressType = 'ipv4-addr' | 'ipv6-addr' | 'mac-addr'

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const IPV4_TEXT = `${OCTET}(?:\\.${OCTET}){3}`
const IPV4 = new RegExp(`^${IPV4_TEXT}$`)
const IPV4_TAIL = new RegExp(`(^|:)${IPV4_TEXT}$`)
const GROUP = /^[0-9a-f]{1,4}$/i
const MAC = /^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}$/i
const PREFIX_LENGTH = /^(?:0|[1-9]\d{0,2})$/
const IPV6_GROUPS = 8

/** The type of observable whose `value` this is: a plain address, or a network in CIDR form. */
export function addressTypeOf(text: string): AddressType | undefined {
  if (MAC.test(text)) return 'mac-addr'
  const [address = '', prefix = '0', ...rest] = text.split('/', 3)
  if (rest.length > 0 || !PREFIX_LENGTH.test(prefix)) return undefined
  if (IPV4.test(address) && Number(prefix) <= 32) return 'ipv4-addr'
  if (isIpv6(address) && Number(prefix) <= 128) return 'ipv6-addr'
  return undefined
}

/** RFC 4291 §2.2: eight groups, one run of zero groups may be `::`, the last two dotted decimal. */
function isIpv6(text: string): boolean {
  const [head = '', tail, ...rest] = text.replace(IPV4_TAIL, '$10:0').split('::', 3)
  if (rest.length > 0) return false
  const groups = [head, tail ?? '']
    .filter((half) => half !== '')
    .flatMap((half) => half.split(':', IPV6_GROUPS + 1))
  if (!groups.every((group) => GROUP.test(group))) return false
  return tail === undefined ? groups.length === IPV6_GROUPS : groups.length < IPV6_GROUPS
}
