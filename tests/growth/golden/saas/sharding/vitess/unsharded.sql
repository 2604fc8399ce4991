-- Do not shard: one PostgreSQL serves this until month 91 on a larger machine from now on.
CREATE TABLE tenants_seq (id bigint, next_id bigint, cache bigint, PRIMARY KEY (id)) COMMENT 'vitess_sequence';
INSERT INTO tenants_seq (id, next_id, cache) VALUES (0, 1, 1000);
CREATE TABLE users_seq (id bigint, next_id bigint, cache bigint, PRIMARY KEY (id)) COMMENT 'vitess_sequence';
INSERT INTO users_seq (id, next_id, cache) VALUES (0, 1, 1000);
CREATE TABLE projects_seq (id bigint, next_id bigint, cache bigint, PRIMARY KEY (id)) COMMENT 'vitess_sequence';
INSERT INTO projects_seq (id, next_id, cache) VALUES (0, 1, 1000);
CREATE TABLE tasks_seq (id bigint, next_id bigint, cache bigint, PRIMARY KEY (id)) COMMENT 'vitess_sequence';
INSERT INTO tasks_seq (id, next_id, cache) VALUES (0, 1, 1000);
CREATE TABLE comments_seq (id bigint, next_id bigint, cache bigint, PRIMARY KEY (id)) COMMENT 'vitess_sequence';
INSERT INTO comments_seq (id, next_id, cache) VALUES (0, 1, 1000);
