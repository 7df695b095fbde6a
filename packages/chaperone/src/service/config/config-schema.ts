import { z } from 'zod';
import { parseRange } from '../../registry/index.ts';
import { isZone, listenerSchema } from '../../telemetry/index.ts';

const port = z.number().int().min(0).max(65_535);

const tls = z
  .union([
    z.literal('self-signed'),
    z.strictObject({
      cert: z.string().describe('file with the certificate and its chain, PEM'),
      key: z.string().describe('file with the private key, PEM'),
    }),
  ])
  .describe('`self-signed` makes a certificate at the first start; or files of your own');

/** What `chaperone serve --config FILE` reads. Every setting has a default; an empty file is the service of `npm start`. */
export const configSchema = z.strictObject({
  data: z
    .string()
    .default('chaperone-data')
    .describe('folder for keys, stores and backups; relative to the configuration file'),
  zone: z
    .string()
    .refine(isZone, 'is no IANA time zone')
    .default('UTC')
    .describe('zone of stamps that state none, where a source names none'),
  http: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: port.default(7780),
      tls: tls.optional(),
      public_url: z
        .url()
        .optional()
        .describe(
          'how browsers reach the console, e.g. https://chaperone.clinic.example; needed behind a proxy and for passkeys',
        ),
      hosts: z
        .array(z.string().min(1).max(253))
        .default([])
        .describe(
          'further names that it answers to, besides those of `public_url`, of `host` and of this machine; requests by other names get 421',
        ),
      trusted_proxies: z
        .array(z.string().refine((text) => parseRange(text) !== undefined, 'is no address and no block of addresses'))
        .default([])
        .describe(
          'proxies, e.g. 10.0.0.0/8, whose `X-Forwarded-For` or `Forwarded` and `X-Forwarded-Host` are believed; nobody’s where left out',
        ),
    })
    .prefault({}),
  listeners: z
    .array(listenerSchema)
    .optional()
    .describe('where logs arrive; left out: HTTP 7781, syslog 5514 and 6514 (TLS), RELP 2514, on loopback'),
  state: z
    .strictObject({ url: z.string().describe('postgres://user:password@host:5432/chaperone') })
    .optional()
    .describe('a PostgreSQL of your own; left out: Chaperone runs one'),
  events: z
    .strictObject({
      url: z.url().describe('http://host:8123'),
      user: z.string().optional(),
      password: z.string().optional(),
      cluster: z.string().optional().describe('name of the cluster for ON CLUSTER and replicated tables'),
    })
    .optional()
    .describe('a ClickHouse of your own; left out: Chaperone runs one'),
  rules: z.array(z.string()).default([]).describe('folders of Sigma rules for all organisations, besides our own'),
  builtin_rules: z.boolean().default(true),
  workers: z.number().int().min(1).max(64).default(1).describe('threads that decode and judge'),
  engine_memory: z
    .number()
    .int()
    .min(1_024)
    .max(65_536)
    .optional()
    .describe(
      'MiB of objects that such a thread may hold before it is ended and started again; left out: what Node allows',
    ),
  retention_days: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe('how long events are kept where an organisation says nothing; left out: for ever'),
  retrospective_days: z
    .number()
    .int()
    .min(0)
    .max(3_650)
    .default(30)
    .describe(
      'days of stored events that a new rule or indicator is judged against (by keywords alone: 7 at most); 0: none',
    ),
  lateness: z.number().int().min(0).max(86_400).default(30).describe('seconds that correlations wait for late events'),
  memory_queue: z
    .number()
    .int()
    .min(1)
    .max(16_384)
    .default(128)
    .describe('MiB of records that may wait to be judged before senders are held back'),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
});

export type ServiceConfig = z.infer<typeof configSchema>;
