import { describe, expect, it } from 'vitest'
import { requiredAlternatives, requiredProperties } from '../../../src/stix/required.ts'
import {
  domainTypes,
  isObservableType,
  isStixType,
  metaTypes,
  observableTypes,
  relationshipTypes,
} from '../../../src/stix/vocabulary.ts'

describe('vocabulary', () => {
  it('has every type of STIX 2.1, in one class each', () => {
    const classes = [domainTypes, relationshipTypes, observableTypes, metaTypes]
    expect(classes.map(({ size }) => size)).toEqual([19, 2, 18, 3])
    expect(new Set(classes.flatMap((each) => [...each])).size).toBe(42)
  })

  it('tells observables from other types, and STIX from custom types', () => {
    expect(['file', 'x509-certificate'].every(isObservableType)).toBe(true)
    expect(['indicator', 'bundle', 'x-acme', 'constructor'].some(isObservableType)).toBe(false)
    expect(['file', 'indicator', 'sighting', 'marking-definition'].every(isStixType)).toBe(true)
    expect(['bundle', 'x-acme', 'x-mitre-tactic', 'constructor'].some(isStixType)).toBe(false)
  })

  it('requires properties of STIX types only', () => {
    const types = [...requiredProperties.keys(), ...requiredAlternatives.keys()]
    expect(types.filter((type) => !isStixType(type))).toEqual([])
  })
})
