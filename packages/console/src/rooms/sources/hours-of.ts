/** The last days up to the coming full hour, so that the address of a query stays the same for an hour. */
export function hoursOf(days: number): { readonly from: string; readonly to: string } {
  const to = Math.ceil(Date.now() / 3_600_000) * 3_600_000;
  return { from: new Date(to - days * 86_400_000).toISOString(), to: new Date(to).toISOString() };
}
