/** Whether chDB runs on this machine; where it doesn't, says so in a line that is seen, and fails in CI. */
export async function chdbRuns(): Promise<boolean> {
  try {
    await import('chdb/connection');
    return true;
  } catch (error) {
    if (process.env.CI === 'true') throw error;
    console.warn(`SKIPPED: chDB does not run here, so SQL was not tried (${String(error).slice(0, 120)})`);
    return false;
  }
}
