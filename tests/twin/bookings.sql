CREATE EXTENSION btree_gist;
CREATE TYPE room_kind AS ENUM ('single', 'double', 'suite');
CREATE TABLE rooms (id integer PRIMARY KEY, hotel integer NOT NULL, kind room_kind NOT NULL, label varchar(40) NOT NULL, area point);
INSERT INTO rooms SELECT g, g % 100, (ARRAY['single', 'double', 'suite'])[1 + g % 3]::room_kind, 'room ' || g, point(g % 100, g / 100)
FROM generate_series(1, 5000) g;
CREATE INDEX rooms_hotel ON rooms (hotel, kind);
CREATE INDEX rooms_area ON rooms USING gist (area);
CREATE TABLE bookings (
    id bigint PRIMARY KEY,
    room integer NOT NULL REFERENCES rooms,
    during tstzrange NOT NULL,
    guest uuid NOT NULL,
    state smallint NOT NULL,
    source smallint NOT NULL,
    words tsvector NOT NULL
);
INSERT INTO bookings
SELECT g, 1 + g % 5000, tstzrange(timestamptz '2024-01-01' + (g / 5000) * interval '4 days', timestamptz '2024-01-03' + (g / 5000) * interval '4 days'),
    md5((g % 30000)::text)::uuid, g % 5, g % 5 * 10 + g % 2, to_tsvector('english', 'guest' || g % 500 || ' wish' || g % 41)
FROM generate_series(1, 200000) g;
CREATE INDEX bookings_during ON bookings USING gist (room, during);
CREATE INDEX bookings_guest ON bookings (guest) INCLUDE (state);
CREATE INDEX bookings_words ON bookings USING gin (words);
CREATE INDEX bookings_active ON bookings (room, state) WHERE state < 2;
CREATE INDEX bookings_brin ON bookings USING brin (id);
CREATE INDEX bookings_source ON bookings USING hash (source);
CREATE STATISTICS bookings_states ON state, source FROM bookings;
CREATE TABLE events (happened timestamptz NOT NULL, sensor integer NOT NULL, reading double precision, tenant integer NOT NULL)
PARTITION BY LIST (tenant);
CREATE TABLE events_1 PARTITION OF events FOR VALUES IN (1);
CREATE TABLE events_2 PARTITION OF events FOR VALUES IN (2, 3);
CREATE TABLE events_other PARTITION OF events DEFAULT PARTITION BY HASH (sensor);
CREATE TABLE events_other_0 PARTITION OF events_other FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE events_other_1 PARTITION OF events_other FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO events SELECT timestamptz '2025-01-01' + g * interval '1 second', g % 1000, CASE WHEN g % 9 > 0 THEN sqrt(g) END, 1 + g % 8
FROM generate_series(1, 200000) g;
CREATE INDEX events_when ON events USING brin (happened);
CREATE INDEX events_sensor ON events (sensor, happened);
