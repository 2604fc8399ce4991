--liquibase formatted sql

--changeset shop:30 splitStatements:false endDelimiter:;;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.placed := now(); RETURN NEW; END $$;
--rollback DROP FUNCTION touch;

--changeset shop:31 dbms:postgresql
CREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TABLE payments (id int PRIMARY KEY, order_id bigint REFERENCES orders, at timestamptz DEFAULT ${now});

--changeset shop:32 dbms:oracle
CREATE TABLE only_oracle (id NUMBER);
--rollback DROP TABLE only_oracle;

--changeset shop:33 context:production
CREATE TABLE settings (name text PRIMARY KEY);

--changeset shop:34
--preconditions onFail:MARK_RAN
--precondition-sql-check expectedResult:1 SELECT 1
ALTER TABLE settings ADD COLUMN value text;
