import type { District, DistrictTable, Region } from './district-table.js'

/** A table that changes while the process runs: whoever holds it sees the new districts. What is made of them is made anew when `districts` is another list. */
export class LiveDistrictTable implements DistrictTable {
  #table: DistrictTable

  constructor(table: DistrictTable) {
    this.#table = table
  }

  get districts(): readonly District[] {
    return this.#table.districts
  }

  get regions(): readonly Region[] {
    return this.#table.regions
  }

  get byId(): ReadonlyMap<string, District> {
    return this.#table.byId
  }

  replace(table: DistrictTable): void {
    this.#table = table
  }
}

/** What `make` makes of the districts, made anew only when there are others. */
export function perDistricts<Made>(table: DistrictTable, make: () => Made): () => Made {
  let made: { readonly of: readonly District[]; readonly what: Made } | undefined
  return () => {
    if (made?.of !== table.districts) made = { of: table.districts, what: make() }
    return made.what
  }
}
