/** Loads the bytes of the code of SQLite. */
export declare function loadBytes(): Promise<Uint8Array>;
