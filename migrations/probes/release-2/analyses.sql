-- Finds an analysis by its trace.
-- from: 8d4f93a6e715
-- until: head

INSERT INTO analyses (subject, langfuse_trace_id) VALUES ('release-2', 'trace-1');
SELECT id, subject FROM analyses WHERE langfuse_trace_id = 'trace-1';
