import { useState } from 'react';
import { chooseTheme, chosenTheme, type Theme } from './theme.ts';

export function ThemeSwitch() {
  const [theme, setTheme] = useState(chosenTheme);
  return (
    <label className="field">
      <span className="sr-only">Colours</span>
      <select
        value={theme}
        onChange={(event) => {
          const chosen = event.target.value as Theme;
          setTheme(chosen);
          chooseTheme(chosen);
        }}
      >
        <option value="system">As the system</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  );
}
