-- The key that a session is bound to, and since when.
ALTER TABLE pawl_sessions ADD COLUMN device_key bytea, ADD COLUMN device_bound_at timestamptz;
