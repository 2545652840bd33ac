// The object types and the list properties that STIX 2.1 defines. Any other name is custom, and
// custom names are always welcome.

/** STIX Domain Objects, §4. */
export const domainTypes: ReadonlySet<string> = new Set([
  'attack-pattern',
  'campaign',
  'course-of-action',
  'grouping',
  'identity',
  'incident',
  'indicator',
  'infrastructure',
  'intrusion-set',
  'location',
  'malware',
  'malware-analysis',
  'note',
  'observed-data',
  'opinion',
  'report',
  'threat-actor',
  'tool',
  'vulnerability',
])

/** STIX Relationship Objects, §5. */
export const relationshipTypes: ReadonlySet<string> = new Set(['relationship', 'sighting'])

/** STIX Cyber-observable Objects, §6. */
export const observableTypes: ReadonlySet<string> = new Set([
  'artifact',
  'autonomous-system',
  'directory',
  'domain-name',
  'email-addr',
  'email-message',
  'file',
  'ipv4-addr',
  'ipv6-addr',
  'mac-addr',
  'mutex',
  'network-traffic',
  'process',
  'software',
  'url',
  'user-account',
  'windows-registry-key',
  'x509-certificate',
])

/** STIX Meta Objects, §7. */
export const metaTypes: ReadonlySet<string> = new Set([
  'extension-definition',
  'language-content',
  'marking-definition',
])

/** Properties that are lists in the STIX types that have them; STIX knows no empty lists (§2.12). */
export const listProperties: ReadonlySet<string> = new Set([
  'aliases',
  'analysis_sco_refs',
  'architecture_execution_envs',
  'authors',
  'capabilities',
  'extension_types',
  'goals',
  'implementation_languages',
  'indicator_types',
  'infrastructure_types',
  'kill_chain_phases',
  'malware_types',
  'object_refs',
  'observed_data_refs',
  'operating_system_refs',
  'personal_motivations',
  'protocols',
  'report_types',
  'roles',
  'sample_refs',
  'secondary_motivations',
  'sectors',
  'threat_actor_types',
  'tool_types',
  'where_sighted_refs',
])

/** Names under which a hash may stand, §10.7. */
export const hashAlgorithms = [
  'MD5',
  'SHA-1',
  'SHA-256',
  'SHA-512',
  'SHA3-256',
  'SHA3-512',
  'SSDEEP',
  'TLSH',
] as const

/** Properties whose value is a dictionary of hashes, at whatever depth (§2.7, §6.7). */
export const hashProperties: ReadonlySet<string> = new Set(['hashes', 'file_header_hashes'])

/** Properties that any observable may have, and that therefore say nothing of this one (§3.2). */
export const observableCommonProperties: ReadonlySet<string> = new Set([
  'type',
  'id',
  'spec_version',
  'object_marking_refs',
  'granular_markings',
  'defanged',
])

export function isObservableType(type: string): boolean {
  return observableTypes.has(type)
}

/** Whether STIX 2.1 itself defines the type; everything else is a custom type. */
export function isStixType(type: string): boolean {
  return (
    domainTypes.has(type) ||
    relationshipTypes.has(type) ||
    observableTypes.has(type) ||
    metaTypes.has(type)
  )
}
