CREATE TABLE kinds (
	id   INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE
);
INSERT INTO kinds VALUES (1, 'commits'), (2, 'changes'), (3, 'deployments'), (4, 'incidents');

CREATE TABLE sources (
	id       INTEGER PRIMARY KEY,
	name     TEXT NOT NULL UNIQUE,
	reported TEXT NOT NULL DEFAULT '', -- when the last collection ended, RFC 3339; '' if none has
	report   TEXT NOT NULL DEFAULT '', -- what it said of itself, JSON
	dropped  INTEGER NOT NULL DEFAULT 0 -- facts removed because the forge no longer had them
);

-- Number 0 stands for what belongs to no repository.
CREATE TABLE repositories (
	source INTEGER NOT NULL,
	number INTEGER NOT NULL, -- the forge's own
	name   TEXT NOT NULL,
	body   TEXT NOT NULL, -- JSON
	sum    INTEGER NOT NULL,
	PRIMARY KEY (source, number)
) WITHOUT ROWID;

CREATE TABLE teams (
	source INTEGER NOT NULL,
	id     TEXT NOT NULL,
	body   TEXT NOT NULL, -- JSON
	sum    INTEGER NOT NULL,
	PRIMARY KEY (source, id)
) WITHOUT ROWID;

CREATE TABLE cursors (
	source     INTEGER NOT NULL,
	repository INTEGER NOT NULL,
	kind       TEXT NOT NULL,
	rule       TEXT NOT NULL,
	begins     TEXT NOT NULL, -- RFC 3339; '' for none
	ends       TEXT NOT NULL,
	mark       TEXT NOT NULL,
	sum        INTEGER NOT NULL,
	PRIMARY KEY (source, repository, kind)
) WITHOUT ROWID;

CREATE TABLE facts (
	source     INTEGER NOT NULL,
	kind       INTEGER NOT NULL,
	repository INTEGER NOT NULL,
	id         TEXT NOT NULL,
	at         INTEGER NOT NULL, -- microseconds since 1970, UTC
	open       INTEGER NOT NULL, -- 1: asked for again by the next collection
	body       TEXT NOT NULL, -- JSON without zero values
	sum        INTEGER NOT NULL, -- CRC-32 of the row
	PRIMARY KEY (source, kind, repository, id)
) WITHOUT ROWID;

CREATE INDEX facts_open ON facts (source, kind, at) WHERE open = 1;

CREATE VIEW readable AS
SELECT s.name AS source, k.name AS kind, r.name AS repository, f.id,
	datetime(f.at / 1000000, 'unixepoch') AS at, f.open, f.body
FROM facts f
JOIN sources s ON s.id = f.source
JOIN kinds k ON k.id = f.kind
LEFT JOIN repositories r ON r.source = f.source AND r.number = f.repository;
