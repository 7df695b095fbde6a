import { z } from 'zod';

const tls = z.union([
  z.literal('self-signed'),
  z.strictObject({
    cert: z.string().describe('file with the certificate and its chain, PEM'),
    key: z.string().describe('file with the private key, PEM'),
    client_ca: z.string().optional().describe('file with the authorities whose client certificates are taken, PEM'),
    client_certificate: z.enum(['none', 'optional', 'required']).default('none'),
  }),
]);

/** One place where logs arrive. */
export const listenerSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,40}$/)
    .describe('stable: sources may be bound to it'),
  kind: z.enum(['http', 'syslog', 'syslog-udp', 'syslog-tls', 'relp', 'relp-tls']),
  host: z.string().default('127.0.0.1'),
  port: z.number().int().min(0).max(65_535),
  tls: tls.optional().describe('`self-signed`, or files of your own; needed for the -tls kinds'),
});

export type ListenerConfig = z.infer<typeof listenerSchema>;
