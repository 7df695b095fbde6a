import { CHUNK_SIZE } from './format.ts';
import { DamagedRecord } from './issue.ts';
import { carvedTemplate, type Template, templateAt } from './template.ts';

/** The templates of the chunk that is being read, by the offsets of their definitions: each is looked at once a chunk. */
export class ChunkTemplates {
  /** from 1 on; 0 at an offset says that none is known */
  readonly #templates: (Template | undefined)[] = [undefined];
  readonly #offsets: number[] = [0];
  readonly #byOffset = new Uint16Array(CHUNK_SIZE);
  #bytes: Buffer = Buffer.alloc(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #base = 0;
  #limit = 0;

  /** Forgets the last chunk's for those of the chunk from `base` to `limit`. */
  begin(bytes: Buffer, view: DataView, base: number, limit: number): void {
    this.#bytes = bytes;
    this.#view = view;
    this.#base = base;
    this.#limit = limit;
    for (let known = 1; known < this.#offsets.length; known++) this.#byOffset[this.#offsets[known]] = 0;
    this.#offsets.length = 1;
    this.#templates.length = 1;
  }

  /** The template whose definition lies at an offset of the chunk. @throws {DamagedRecord} */
  at(offset: number): Template {
    if (offset >= CHUNK_SIZE) throw new DamagedRecord('A template lies outside of the chunk.', this.#base);
    const known = this.#byOffset[offset];
    if (known !== 0) return this.#templates[known]!;
    const template = templateAt(this.#bytes, this.#view, this.#base + offset, this.#base, this.#limit);
    this.#byOffset[offset] = this.#templates.length;
    this.#templates.push(template);
    this.#offsets.push(offset);
    return template;
  }

  /** The same for a carved record, whose template may have been overwritten. @throws {DamagedRecord} */
  carved(offset: number, mark: number): Template {
    return carvedTemplate(this.#bytes, this.#view, this.#base + offset, this.#base, this.#limit, mark);
  }
}
