import { Note } from '../parts/note.tsx';

export function NoOrganization() {
  return (
    <main className="gate">
      <h1>You belong to no organisation yet</h1>
      <Note>An administrator of one can invite you under Users. Their link brings you in.</Note>
    </main>
  );
}
