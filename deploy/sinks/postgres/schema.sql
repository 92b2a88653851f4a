-- Stories in PostgreSQL 12 or later: one row a story with its whole record, and names and places in tables of their own,
-- which follow the record by themselves. Whoever loads them inserts nothing but records:
--
--   INSERT INTO news.story (record) VALUES ($1::jsonb) ON CONFLICT (key) DO NOTHING;
--
-- The columns are computed from the record (version news-ingest/record/1), so they cannot disagree with it. A record that
-- comes twice, as at-least-once delivery may bring it, stays one row.

CREATE SCHEMA IF NOT EXISTS news;

-- A date-time as ninjs has it. A cast of text to timestamptz depends on the session, so it is no immutable function;
-- of a text with its offset the result is the same in every session, which the pattern makes sure of.
CREATE OR REPLACE FUNCTION news.instant(text) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT CASE WHEN $1 ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-](0\d|1[0-4]):[0-5]\d)$' THEN $1::timestamptz END $$;

-- The text of the first part with a role, such as the main headline.
CREATE OR REPLACE FUNCTION news.part(parts jsonb, role text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT part ->> 'value' FROM jsonb_array_elements(parts) WITH ORDINALITY AS parts (part, at)
          WHERE part ->> 'role' = $2 ORDER BY at LIMIT 1 $$;

-- The words of a story, of its first 150,000 characters: a text search vector holds no more than a megabyte of different words.
CREATE OR REPLACE FUNCTION news.words(headline text, body text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT to_tsvector('simple', left(coalesce(headline, '') || ' ' || coalesce(body, ''), 150000)) $$;

CREATE TABLE IF NOT EXISTS news.story (
    record jsonb NOT NULL CHECK (record ->> 'schema' = 'news-ingest/record/1'),
    key text GENERATED ALWAYS AS (record ->> 'key') STORED PRIMARY KEY,
    id text GENERATED ALWAYS AS (record ->> 'id') STORED NOT NULL,
    uri text GENERATED ALWAYS AS (record #>> '{item,uri}') STORED,
    language text GENERATED ALWAYS AS (record #>> '{tags,language,code}') STORED,
    topic text GENERATED ALWAYS AS (record #>> '{tags,topic}') STORED,
    publisher text GENERATED ALWAYS AS (record #>> '{item,infoSources,0,name}') STORED,
    headline text GENERATED ALWAYS AS (news.part(record #> '{item,headlines}', 'main')) STORED,
    body text GENERATED ALWAYS AS (news.part(record #> '{item,bodies}', 'main')) STORED,
    byline text GENERATED ALWAYS AS (record #>> '{item,by}') STORED,
    published timestamptz GENERATED ALWAYS AS (news.instant(record #>> '{item,contentCreated}')) STORED,
    processed timestamptz GENERATED ALWAYS AS (news.instant(record #>> '{item,versionCreated}')) STORED,
    duplicate_of text GENERATED ALWAYS AS (record #>> '{tags,duplicateOf}') STORED
);
CREATE INDEX IF NOT EXISTS story_published ON news.story (published);
CREATE INDEX IF NOT EXISTS story_topic ON news.story (topic, published);
CREATE INDEX IF NOT EXISTS story_id ON news.story (id);
-- The index of an earlier version of this file, over a whole text.
DROP INDEX IF EXISTS news.story_text;
CREATE INDEX IF NOT EXISTS story_words ON news.story USING gin (news.words(headline, body));

-- Records that could not be loaded, as they were, and why; load.sh puts them here and goes on.
CREATE TABLE IF NOT EXISTS news.refused (
    line text NOT NULL,
    reason text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);

-- Loads lines of JSON, a record each, from the table `incoming` of the session; how many were refused. All at once, or where
-- one of them cannot be loaded one by one.
CREATE OR REPLACE FUNCTION news.load() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    record_line text;
    refused bigint := 0;
BEGIN
    BEGIN
        INSERT INTO news.story (record) SELECT line::jsonb FROM incoming ON CONFLICT (key) DO NOTHING;
        RETURN 0;
    EXCEPTION WHEN data_exception OR integrity_constraint_violation OR program_limit_exceeded THEN
        NULL;
    END;
    FOR record_line IN SELECT line FROM incoming LOOP
        BEGIN
            INSERT INTO news.story (record) VALUES (record_line::jsonb) ON CONFLICT (key) DO NOTHING;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR program_limit_exceeded THEN
            IF NOT EXISTS (SELECT FROM news.refused WHERE refused.line = record_line) THEN
                INSERT INTO news.refused (line, reason) VALUES (record_line, SQLERRM);
            END IF;
            refused := refused + 1;
        END;
    END LOOP;
    RETURN refused;
END $$;

-- Who and what a story names; `at` is the place in the record's list, to which quotes refer.
CREATE TABLE IF NOT EXISTS news.name (
    key text NOT NULL REFERENCES news.story ON DELETE CASCADE,
    at integer NOT NULL,
    type text NOT NULL,
    name text NOT NULL,
    wikidata text,
    country text,
    mentions integer NOT NULL,
    salience double precision,
    PRIMARY KEY (key, at)
);
CREATE INDEX IF NOT EXISTS name_name ON news.name (name);
CREATE INDEX IF NOT EXISTS name_wikidata ON news.name (wikidata) WHERE wikidata IS NOT NULL;

-- Where a story takes place; degrees of WGS 84.
CREATE TABLE IF NOT EXISTS news.place (
    key text NOT NULL,
    at integer NOT NULL,
    name text NOT NULL,
    country text,
    geonames bigint,
    latitude double precision,
    longitude double precision,
    PRIMARY KEY (key, at),
    FOREIGN KEY (key, at) REFERENCES news.name ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS place_geonames ON news.place (geonames);
CREATE INDEX IF NOT EXISTS place_country ON news.place (country);

CREATE OR REPLACE FUNCTION news.take_names() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM news.name WHERE name.key = NEW.key;
    INSERT INTO news.name (key, at, type, name, wikidata, country, mentions, salience)
    SELECT NEW.key, at - 1, entity ->> 'type', left(entity ->> 'name', 500), entity ->> 'wikidata', entity ->> 'country',
           (entity ->> 'count')::integer, (entity ->> 'salience')::double precision
    FROM jsonb_array_elements(NEW.record #> '{tags,entities}') WITH ORDINALITY AS entities (entity, at);
    INSERT INTO news.place (key, at, name, country, geonames, latitude, longitude)
    SELECT NEW.key, at - 1, left(entity ->> 'name', 500), entity ->> 'country', (entity ->> 'geonames')::bigint,
           (entity ->> 'lat')::double precision, (entity ->> 'lon')::double precision
    FROM jsonb_array_elements(NEW.record #> '{tags,entities}') WITH ORDINALITY AS entities (entity, at)
    WHERE entity ->> 'type' = 'PLACE';
    RETURN NULL;
END $$;

DROP TRIGGER IF EXISTS take_names ON news.story;
CREATE TRIGGER take_names AFTER INSERT OR UPDATE ON news.story
    FOR EACH ROW EXECUTE FUNCTION news.take_names();
