import type { ReactNode } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { useAddress } from '../table/address.ts';

interface Props {
  readonly label: string;
  readonly tabs: readonly (readonly [id: string, title: string, content: () => ReactNode])[];
  /** where the address keeps which is open; `tab` by default, another for tabs within tabs */
  readonly at?: string;
}

/** Tabs; which is open stands in the address, so that a link opens it. */
export function TabSet({ label, tabs, at = 'tab' }: Props) {
  const [address, change] = useAddress();
  const open = tabs.some(([id]) => id === address[at]) ? address[at] : tabs[0]?.[0];
  return (
    <Tabs className="tabs" selectedKey={open} onSelectionChange={(key) => change({ [at]: String(key) })}>
      <TabList aria-label={label}>
        {tabs.map(([id, title]) => (
          <Tab key={id} id={id}>
            {title}
          </Tab>
        ))}
      </TabList>
      {tabs.map(([id, , content]) => (
        <TabPanel key={id} id={id}>
          {content()}
        </TabPanel>
      ))}
    </Tabs>
  );
}
