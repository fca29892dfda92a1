-- In the order of a user's list, and without what has ended: a page costs what is on it, however many sessions the user has or had. A rotation changes none of these columns.
DROP INDEX pawl_sessions_by_subject;
CREATE INDEX pawl_sessions_by_user ON pawl_sessions (subject, created_at DESC, id DESC) WHERE ended_at IS NULL;
