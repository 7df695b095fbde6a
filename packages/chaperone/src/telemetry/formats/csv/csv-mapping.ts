import { z } from 'zod';
import { isZone } from '../../time/index.ts';
import { NORMAL_PATHS } from './normal-paths.ts';
import { timeReader } from './time-format.ts';

const name = z.string().min(1).max(200);
const names = z.union([name, z.array(name).min(1).max(16)]);

const logsource = z
  .strictObject({ product: name.optional(), category: name.optional(), service: name.optional() })
  .refine((value) => Object.keys(value).length > 0, 'name a product, a category or a service');

/**
 * A mapping file: how the columns of a CSV file are to be read. One YAML document, see docs/formats/non-windows.md for
 * what each part means.
 */
export const csvMappingSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'use lower-case letters, digits and hyphens'),
  title: name.optional(),
  delimiter: z.enum([',', ';', '|', '\t', 'tab']).default(','),
  /** columns in order, for files without a head */
  header: z.array(name).min(2).max(1024).optional(),
  /** columns that must stand in a file's head for this mapping to read it; those named in `fields` and `time` by default */
  match: z.array(name).min(1).max(64).optional(),
  time: z.strictObject({
    column: names,
    format: z
      .string()
      .default('auto')
      .refine(
        (value) => timeReader(value) !== undefined,
        'write `auto`, `unix` or a pattern such as `dd.MM.yyyy HH:mm:ss`',
      ),
    zone: z.string().refine(isZone, 'is no time zone; write it as `Europe/Berlin`').optional(),
  }),
  /** column to field name; columns that aren't listed keep their own */
  fields: z.record(name, name).default({}),
  logsource: z.union([logsource, z.array(logsource).min(1).max(8)]),
  /** normal attribute to the field (or fields, best first) that fills it */
  roles: z.partialRecord(z.enum(NORMAL_PATHS), names).default({}),
  event: z
    .strictObject({
      class_uid: z.int().min(0).max(9999).default(0),
      activity: name.default('Other'),
      outcome: z
        .strictObject({
          field: name,
          success: z.array(name).max(64).default([]),
          failure: z.array(name).max(64).default([]),
        })
        .optional(),
    })
    .default({ class_uid: 0, activity: 'Other' }),
});

export type CsvMapping = z.output<typeof csvMappingSchema>;
