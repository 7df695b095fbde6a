/** What the event store and the process that holds chDB say to each other, over Node's own channel between processes. */
export type ToChdb =
  | { readonly id: number; readonly do: 'command' | 'upkeep'; readonly sql: string }
  | {
      readonly id: number;
      readonly do: 'query';
      readonly sql: string;
      readonly params: Readonly<Record<string, unknown>>;
    }
  | { readonly id: number; readonly do: 'cancel'; readonly query: number }
  | { readonly id: number; readonly do: 'alive' | 'close' };

export type FromChdb =
  | { readonly ready: true }
  | { readonly id: number; readonly rows: readonly unknown[] }
  | { readonly id: number; readonly error: string };
