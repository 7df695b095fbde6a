import { describe, expect, it } from 'vitest';
import type { LogEvent } from '../../../src/telemetry/index.ts';
import { readContent } from '../read.ts';

// Defender's fields have spaces, rules write them without, and some converters drop them.

const provider = 'Microsoft-Windows-Windows Defender';
const system = {
  Provider: { '#attributes': { Name: provider } },
  EventID: 5007,
  Channel: `${provider}/Operational`,
  Computer: 'PC07.clinic.test',
  TimeCreated: { '#attributes': { SystemTime: '2026-07-28T11:28:00.123456Z' } },
};

async function only(text: string): Promise<LogEvent> {
  const { events, unread } = await readContent(text);
  expect(unread).toEqual([]);
  expect(events).toHaveLength(1);
  return events[0];
}

describe('Defender', () => {
  it.each([
    ['as Windows writes them', { 'New Value': 'DisableX = 0x1', 'Old Value': '' }],
    ['as converters write them that drop spaces', { NewValue: 'DisableX = 0x1', OldValue: '' }],
  ])('field names %s answer to the names that rules use', async (_, EventData) => {
    const event = await only(`${JSON.stringify({ Event: { System: system, EventData } })}\n`);
    expect(event.class.offers).toContainEqual({ product: 'windows', service: 'windefend' });
    expect(event.get('NewValue')).toBe('DisableX = 0x1');
    expect(event.get('OldValue')).toBe('');
    expect(event.get('ProcessName')).toBeUndefined();
  });

  it('is understood in XML and from Winlogbeat, too', async () => {
    const xml = `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='${provider}'/><EventID>1119</EventID><TimeCreated SystemTime='2026-07-28T11:28:00.123456Z'/><Channel>${provider}/Operational</Channel><Computer>PC07</Computer></System><EventData><Data Name='Threat Name'>Virus:DOS/EICAR_Test_File</Data><Data Name='Source Name'>Real-Time Protection</Data></EventData></Event>`;
    const beat = {
      '@timestamp': '2026-07-28T11:28:00.123Z',
      winlog: {
        channel: `${provider}/Operational`,
        provider_name: provider,
        event_id: 1119,
        computer_name: 'PC07',
        event_data: { 'Threat Name': 'Virus:DOS/EICAR_Test_File', 'Source Name': 'Real-Time Protection' },
      },
    };
    for (const text of [xml, `${JSON.stringify(beat)}\n`]) {
      const event = await only(text);
      expect(event.get('ThreatName')).toBe('Virus:DOS/EICAR_Test_File');
      expect(event.get('SourceName')).toBe('Real-Time Protection');
    }
  });
});
