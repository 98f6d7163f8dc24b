/**
 * Volatile functions of PostgreSQL itself that only tell something, or only wait. Every other volatile function is refused
 * in strict mode, so that one that a new version brings is refused until somebody has looked at it.
 */
export const safeFunctions: readonly string[] =
  `array_sample array_shuffle bernoulli clock_timestamp currtid2 current_query currval gen_random_uuid lastval lo_get
  pg_available_wal_summaries pg_blocking_pids pg_collation_actual_version pg_control_checkpoint pg_control_init
  pg_control_recovery pg_control_system pg_current_logfile pg_current_wal_flush_lsn pg_current_wal_insert_lsn
  pg_current_wal_lsn pg_database_collation_actual_version pg_database_size pg_get_aios pg_get_backend_memory_contexts
  pg_get_loaded_modules pg_get_multixact_members pg_get_sequence_data pg_get_shmem_allocations
  pg_get_shmem_allocations_numa pg_get_wait_events pg_get_wal_replay_pause_state pg_get_wal_resource_managers
  pg_get_wal_summarizer_state pg_hba_file_rules pg_ident_file_mappings pg_indexes_size pg_is_in_recovery
  pg_is_wal_replay_paused pg_isolation_test_session_is_blocked pg_jit_available pg_last_committed_xact
  pg_last_wal_receive_lsn pg_last_wal_replay_lsn pg_last_xact_replay_timestamp pg_lock_status pg_ls_archive_statusdir
  pg_ls_logdir pg_ls_logicalmapdir pg_ls_logicalsnapdir pg_ls_replslotdir pg_ls_summariesdir pg_ls_tmpdir pg_ls_waldir
  pg_notification_queue_usage pg_partition_ancestors pg_partition_tree pg_prepared_xact pg_relation_size
  pg_replication_origin_progress pg_replication_origin_session_is_setup pg_replication_origin_session_progress
  pg_safe_snapshot_blocking_pids pg_sequence_last_value pg_show_all_file_settings pg_show_replication_origin_status
  pg_sleep pg_sleep_for pg_sleep_until pg_stat_get_backend_io pg_stat_get_backend_wal pg_stat_get_io
  pg_stat_get_recovery_prefetch pg_stat_get_xact_blocks_fetched pg_stat_get_xact_blocks_hit
  pg_stat_get_xact_function_calls pg_stat_get_xact_function_self_time pg_stat_get_xact_function_total_time
  pg_stat_get_xact_numscans pg_stat_get_xact_tuples_deleted pg_stat_get_xact_tuples_fetched
  pg_stat_get_xact_tuples_hot_updated pg_stat_get_xact_tuples_inserted pg_stat_get_xact_tuples_newpage_updated
  pg_stat_get_xact_tuples_returned pg_stat_get_xact_tuples_updated pg_stat_have_stats pg_table_size pg_tablespace_size
  pg_total_relation_size pg_wal_summary_contents pg_xact_commit_timestamp pg_xact_commit_timestamp_origin
  pg_xact_status random random_normal system timeofday txid_status uuidv4 uuidv7`.match(/\S+/g) ?? [];

/**
 * The same of extensions, by the library that they are compiled in, for which only a superuser can make a function. These
 * are what monitoring reads.
 */
export const safeLibraryFunctions: readonly { library: string; name: string }[] = [
  { library: 'pg_stat_statements', name: 'pg_stat_statements' },
  { library: 'pg_stat_statements', name: 'pg_stat_statements_info' },
  { library: 'pg_buffercache', name: 'pg_buffercache_pages' },
  { library: 'pg_buffercache', name: 'pg_buffercache_summary' },
  { library: 'pg_buffercache', name: 'pg_buffercache_usage_counts' },
  { library: 'uuid-ossp', name: 'uuid_generate_v1' },
  { library: 'uuid-ossp', name: 'uuid_generate_v1mc' },
  { library: 'uuid-ossp', name: 'uuid_generate_v4' },
  { library: 'pgcrypto', name: 'gen_salt' },
  { library: 'pgcrypto', name: 'gen_random_bytes' },
  { library: 'pgcrypto', name: 'gen_random_uuid' },
  { library: 'pgcrypto', name: 'pgp_sym_encrypt' },
  { library: 'pgcrypto', name: 'pgp_pub_encrypt' },
  { library: 'pgrowlocks', name: 'pgrowlocks' },
  { library: 'pgstattuple', name: 'pgstattuple' },
  { library: 'tablefunc', name: 'normal_rand' },
];
