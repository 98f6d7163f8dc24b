/**
 * libpq's variables fill in for pg whatever is empty in a definition, in every connection at once: one user's PGOPTIONS or
 * PGREPLICATION would change servers that they were never meant for. Imported before pg, which reads some when it loads;
 * they are taken away, and kept here for those who ask for one by its name.
 */
export const libpqEnvironment: Readonly<Record<string, string | undefined>> = takeAway();

function takeAway(): Record<string, string | undefined> {
  const taken = Object.entries(process.env).filter(
    ([name]) => name.startsWith('PG') || name.startsWith('NODE_PG_'),
  );
  for (const [name] of taken) Reflect.deleteProperty(process.env, name);
  return Object.fromEntries(taken);
}
