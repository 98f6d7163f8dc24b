/**
 * libpq's variables fill in for pg whatever is empty in a definition, in every connection at once: one user's PGOPTIONS or
 * PGREPLICATION would change servers that they were never meant for. Imported before pg, which reads some when it loads.
 */
for (const name of Object.keys(process.env))
  if (name.startsWith('PG') || name.startsWith('NODE_PG_')) Reflect.deleteProperty(process.env, name);
