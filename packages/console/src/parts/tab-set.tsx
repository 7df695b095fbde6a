import type { ReactNode } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';

interface Props {
  readonly label: string;
  readonly tabs: readonly (readonly [id: string, title: string, content: () => ReactNode])[];
}

export function TabSet({ label, tabs }: Props) {
  return (
    <Tabs className="tabs">
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
