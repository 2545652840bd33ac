// D1's ceilings (platform limits of 2026) and the sizes of our own statements that follow from them.

/** One bound value or one row may have 2,000,000 bytes; rows travel as one JSON text below that. */
export const BATCH_JSON_CHARS_MAX = 1_400_000

/** The texts of the objects in one transaction travel as one value. */
export const BATCH_TEXT_BYTES_MAX = 1_900_000

/** Objects in one transaction: keeps its time well under D1's 30 s even on a busy database. */
export const BATCH_OBJECTS_MAX = 2_000

/** An object must fit in one row with its other columns. */
export const OBJECT_BYTES_MAX = 1_900_000

/** Texts of a page that D1 joins: the result is one value, with commas, of 2,000,000 bytes at most. */
export const JOINED_BYTES_MAX = 1_900_000

/** Entries of one range that one statement may pass over while it looks for those that match. */
export const SCAN_ENTRIES_MAX = 20_000

/** Entries passed over after which a page with something in it is served as it is. */
export const SEARCH_ENTRIES_ENOUGH = 100_000

/** Entries passed over after which a request that found next to nothing gives up for now. */
export const SEARCH_ENTRIES_MAX = 600_000
