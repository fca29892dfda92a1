-- A session without properties pays nothing for the columns, since null values take no space. A program of the step before sets neither, and leaves both in a session that it ends.
ALTER TABLE pawl_sessions ADD COLUMN properties_version bigint, ADD COLUMN properties bytea;
-- The content is encrypted, so compressing it is of no use. A long one is outside of the row, and a rotation does not copy it.
ALTER TABLE pawl_sessions ALTER COLUMN properties SET STORAGE EXTERNAL;
