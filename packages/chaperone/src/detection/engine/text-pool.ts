/** Numbers for texts, so that tuples of values are compared as integers. 0 is "nothing". Bounded: past the limit a text is 0. */
export class TextPool {
  private readonly numbers = new Map<string, number>();
  private readonly texts: string[] = [''];
  private readonly limit: number;
  /** how many texts found no room */
  refused = 0;

  constructor(limit = 1_000_000) {
    this.limit = limit;
  }

  number(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    if (this.texts.length > this.limit) {
      this.refused += 1;
      return 0;
    }
    const number = this.texts.length;
    this.texts.push(text);
    this.numbers.set(text, number);
    return number;
  }

  text(number: number): string {
    return this.texts[number];
  }
}
