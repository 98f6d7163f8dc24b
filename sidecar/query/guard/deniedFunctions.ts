/**
 * Functions that do something which neither a read-only transaction nor its rollback takes back: they write files, signal
 * processes, take locks that outlive the transaction, move the server's log or its statistics, open connections, or run
 * SQL that they are given as a text, which nobody has looked at. Names, in whichever schema.
 */
const denied = new Set(
  `set_config setval nextval setseed pg_notify pg_export_snapshot
  pg_cancel_backend pg_terminate_backend pg_reload_conf pg_rotate_logfile pg_log_backend_memory_contexts
  pg_log_standby_snapshot pg_promote pg_switch_wal pg_switch_xlog pg_create_restore_point pg_logical_emit_message
  pg_backup_start pg_backup_stop pg_start_backup pg_stop_backup pg_wal_replay_pause pg_wal_replay_resume
  pg_replication_slot_advance pg_drop_replication_slot pg_sync_replication_slots
  pg_read_file pg_read_binary_file pg_stat_file pg_logdir_ls
  pg_import_system_collations pg_extension_config_dump pg_nextoid pg_stop_making_pinned_objects
  pg_stat_force_next_flush pg_prewarm autoprewarm_start_worker autoprewarm_dump_now
  gin_clean_pending_list brin_summarize_new_values brin_summarize_range brin_desummarize_range
  pg_truncate_visibility_map heap_force_kill heap_force_freeze pg_truncate_freespace_map
  loread lowrite ts_stat ts_rewrite crosstab crosstabn connectby xpath_table
  pg_stat_statements_reset postgres_fdw_disconnect postgres_fdw_disconnect_all
  pg_background_launch plpgsql_inline_handler plpgsql_call_handler`.match(/\S+/g),
);

/** Whole families, among them those to which new versions and extensions add. */
const deniedFamilies = [
  /^dblink/,
  /^lo_(?!get$)/,
  /^pg_(try_)?advisory_/,
  /^pg_file_/,
  /^pg_stat_(reset|clear)/,
  /^pg_(restore|clear|set)_(relation|attribute|extended)_stats$/,
  /^pg_(create|copy)_(physical|logical)_replication_slot$/,
  /^pg_replication_origin_(?!progress$|session_progress$|session_is_setup$)/,
  /^pg_logical_slot_(get|peek)_/,
  /^pg_buffercache_(evict|mark)/,
  /^binary_upgrade_/,
  /^(query|table|cursor|schema|database)_to_xml/,
  /^crosstab\d+$/,
];

/** Names that columns have, too: refused only where they are called with parentheses. */
const deniedCalls = /^http(_|$)/;

/**
 * May a function not be called in guarded mode? Some of these would be refused or undone by the transaction anyway, and are
 * listed so that the user hears why before anything is sent.
 */
export const isDeniedFunction = (name: string): boolean => deniedCalls.test(name) || isDeniedAttribute(name);

/** The same for `x.name`, which may be a column or a call. */
export const isDeniedAttribute = (name: string): boolean =>
  denied.has(name) || deniedFamilies.some((family) => family.test(name));
