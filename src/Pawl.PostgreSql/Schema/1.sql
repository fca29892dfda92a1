-- A step that has been released is never edited, and the program of the step before it goes on working beside it.

-- Wide columns first, so that no space is lost to alignment. No index covers what a rotation changes and each page keeps room for new versions of its
-- rows: so a rotation writes one page and no index (a HOT update). Characters are compared as bytes, which no upgrade of the system's locales changes.
CREATE TABLE pawl_sessions (
    head_token      bigint      NOT NULL,
    created_at      timestamptz NOT NULL,
    last_used_at    timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    ended_at        timestamptz,
    head_generation integer     NOT NULL,
    transport       smallint    NOT NULL,
    end_reason      smallint,
    persistent      boolean     NOT NULL,
    id              uuid        NOT NULL PRIMARY KEY,
    subject         text        COLLATE "C" NOT NULL,
    device          text,
    security_stamp  text,
    claims          bytea       NOT NULL
) WITH (fillfactor = 85);
CREATE INDEX pawl_sessions_by_subject ON pawl_sessions (subject);

CREATE TABLE pawl_endings (
    position   bigint      NOT NULL PRIMARY KEY,
    ended_at   timestamptz NOT NULL,
    session_id uuid        NOT NULL,
    end_reason smallint    NOT NULL
);

-- Whoever ends sessions holds this row until the commit, so that positions become visible in their order. A sequence would not do that.
CREATE TABLE pawl_feed (
    only_row      boolean NOT NULL PRIMARY KEY CHECK (only_row),
    last_position bigint  NOT NULL
) WITH (fillfactor = 10);
INSERT INTO pawl_feed (only_row, last_position) VALUES (true, 0);

CREATE TABLE pawl_keys (
    only_row boolean NOT NULL PRIMARY KEY CHECK (only_row),
    version  bigint  NOT NULL,
    content  bytea   NOT NULL
);
