-- A store as schema 1 wrote it. It must stay readable; new schemas add steps.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE kinds (
	id   INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE
);
INSERT INTO kinds VALUES(1,'commits');
INSERT INTO kinds VALUES(2,'changes');
INSERT INTO kinds VALUES(3,'deployments');
INSERT INTO kinds VALUES(4,'incidents');
CREATE TABLE sources (
	id       INTEGER PRIMARY KEY,
	name     TEXT NOT NULL UNIQUE,
	reported TEXT NOT NULL DEFAULT '', -- when the last collection ended, RFC 3339; '' if none has
	report   TEXT NOT NULL DEFAULT '', -- what it said of itself, JSON
	dropped  INTEGER NOT NULL DEFAULT 0 -- facts removed because the forge no longer had them
);
INSERT INTO sources VALUES(1,'acme','2026-11-02T03:00:00Z','{"source":"acme","requests":5,"retries":0,"pages":0,"items":0,"budget":{"limit":0,"left":0},"until":"2026-11-02T03:00:00Z"}',0);
CREATE TABLE repositories (
	source INTEGER NOT NULL,
	number INTEGER NOT NULL, -- the forge's own
	name   TEXT NOT NULL,
	body   TEXT NOT NULL, -- JSON
	sum    INTEGER NOT NULL,
	PRIMARY KEY (source, number)
) WITHOUT ROWID;
INSERT INTO repositories VALUES(1,7,'acme/web','{"branch":"main","former":["acme/site"]}',1719490553);
CREATE TABLE teams (
	source INTEGER NOT NULL,
	id     TEXT NOT NULL,
	body   TEXT NOT NULL, -- JSON
	sum    INTEGER NOT NULL,
	PRIMARY KEY (source, id)
) WITHOUT ROWID;
INSERT INTO teams VALUES(1,'core','{"name":"Core","members":["octo"],"repositories":["acme/web"]}',4238411756);
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
INSERT INTO cursors VALUES(1,7,'deployments','','2026-08-04T03:00:00Z','2026-11-01T03:00:00Z','',4289654301);
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
INSERT INTO facts VALUES(1,1,7,'c1',1793329200000000,0,'{"parents":["c0"],"author":"octo","authored":"2026-10-29T03:00:00Z","committed":"2026-10-30T03:00:00Z"}',2827148501);
INSERT INTO facts VALUES(1,2,7,'12',1793415600000000,0,'{"title":"A change","author":"octo","labels":["fix"],"opened":"2026-10-29T03:00:00Z","merged":"2026-10-30T03:00:00Z","merge_commit":"c1"}',3559229849);
INSERT INTO facts VALUES(1,3,7,'1',1793329200000000,0,'{"environment":"production","commit":"c1","creator":"octo","created":"2026-10-30T03:00:00Z","statuses":[{"State":"pending","At":"2026-10-30T03:00:00Z"},{"State":"success","At":"2026-10-30T03:01:00Z"}]}',2283532782);
INSERT INTO facts VALUES(1,3,7,'2',1793415600000000,0,'{"environment":"production","commit":"c2","creator":"octo","created":"2026-10-31T03:00:00Z","statuses":[{"State":"pending","At":"2026-10-31T03:00:00Z"},{"State":"success","At":"2026-10-31T03:01:00Z"}]}',3921207246);
INSERT INTO facts VALUES(1,3,7,'3',1793502000000000,1,'{"environment":"production","commit":"c3","creator":"octo","created":"2026-11-01T03:00:00Z","statuses":[{"State":"pending","At":"2026-11-01T03:00:00Z"},{"State":"success","At":"2026-11-01T03:01:00Z"}]}',3088510035);
INSERT INTO facts VALUES(1,4,7,'44',1793502000000000,1,'{"title":"Down","severity":"sev1","opened":"2026-11-01T03:00:00Z"}',3355425756);
CREATE INDEX facts_open ON facts (source, kind, at) WHERE open = 1;
CREATE VIEW readable AS
SELECT s.name AS source, k.name AS kind, r.name AS repository, f.id,
	datetime(f.at / 1000000, 'unixepoch') AS at, f.open, f.body
FROM facts f
JOIN sources s ON s.id = f.source
JOIN kinds k ON k.id = f.kind
LEFT JOIN repositories r ON r.source = f.source AND r.number = f.repository;
COMMIT;
PRAGMA application_id=0x49503344;
PRAGMA user_version=1;
