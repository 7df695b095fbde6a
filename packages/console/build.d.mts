/** Returns the folder with the built console, building it first where it is missing or older than its sources. */
export function buildConsole(): Promise<string>;
