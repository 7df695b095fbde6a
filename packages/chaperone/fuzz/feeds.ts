import { readMispText } from '../src/detection/indicators/live/read-misp.ts';
import { readStixText } from '../src/detection/indicators/live/read-stix.ts';
import { readPattern } from '../src/detection/indicators/stix-pattern.ts';

/** Feeds by STIX, TAXII and MISP: any bytes give records, sightings or problems. */
export default {
  name: 'feeds',
  seeds: () => [
    Buffer.from(
      JSON.stringify({
        type: 'bundle',
        objects: [
          {
            type: 'indicator',
            id: 'indicator--1',
            pattern_type: 'stix',
            valid_from: '2024-01-01T00:00:00Z',
            object_marking_refs: ['marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421'],
            pattern:
              "[domain-name:value = 'evil.example'] OR ([file:hashes.MD5 = '001b8f696b6576798517168cd0a0fb44' AND file:name = 'a'])",
          },
          { type: 'sighting', id: 'sighting--1', sighting_of_ref: 'indicator--1', count: 2 },
        ],
      }),
    ),
    Buffer.from(
      JSON.stringify({
        Event: {
          info: 'x',
          Tag: [{ name: 'tlp:amber' }],
          Attribute: [{ uuid: '1', type: 'filename|md5', value: 'a|001b8f696b6576798517168cd0a0fb44', to_ids: true }],
          Object: [
            { Attribute: [{ uuid: '2', type: 'ip-dst|port', value: '192.0.2.1|80', to_ids: '1', deleted: true }] },
          ],
        },
      }),
    ),
    Buffer.from("([file:name = 'a\\'b'] FOLLOWEDBY [url:value IN ('x', 'y')]) WITHIN 5 SECONDS"),
  ],
  run(data: Uint8Array): void {
    const text = Buffer.from(data).toString('utf8');
    readStixText(text);
    readMispText(text);
    readPattern(text);
  },
};
