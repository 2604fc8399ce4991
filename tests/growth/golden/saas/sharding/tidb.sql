-- Do not shard: one PostgreSQL serves this until month 91 on a larger machine from now on.
-- TiDB 8.5: no key to shard by is chosen; rows are split by primary key.
-- 3 shard bits = ⌈log2 of 8 nodes⌉.
CREATE TABLE plans (
  id smallint NOT NULL,
  name varchar(255) NOT NULL,
  monthly_price decimal(8,2) NOT NULL,
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  UNIQUE KEY plans_name_key (name)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE tenants (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(3) */,
  name longtext NOT NULL,
  plan_id smallint NOT NULL,
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  CONSTRAINT tenants_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plans (id)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE users (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(3) */,
  tenant_id bigint NOT NULL,
  email varchar(255) NOT NULL,
  active tinyint(1) NOT NULL DEFAULT 1,
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  UNIQUE KEY users_tenant_id_email_key (tenant_id, email),
  CONSTRAINT users_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE projects (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(3) */,
  tenant_id bigint NOT NULL,
  archived tinyint(1) NOT NULL DEFAULT 0,
  name longtext NOT NULL,
  owner_id bigint NOT NULL,
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  KEY projects_tenant_id_idx (tenant_id),
  CONSTRAINT projects_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
  CONSTRAINT projects_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE tasks (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(3) */,
  done tinyint(1) NOT NULL DEFAULT 0,
  tenant_id bigint NOT NULL,
  priority smallint NOT NULL DEFAULT 3,
  project_id bigint NOT NULL,
  assignee_id bigint,
  title longtext NOT NULL,
  body longtext,
  due_on date,
  updated_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  KEY tasks_tenant_id_project_id_done_idx (tenant_id, project_id, done),
  KEY tasks_tenant_id_assignee_id_idx (tenant_id, assignee_id),
  CONSTRAINT tasks_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
  CONSTRAINT tasks_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects (id),
  CONSTRAINT tasks_assignee_id_fkey FOREIGN KEY (assignee_id) REFERENCES users (id)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE comments (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(3) */,
  task_id bigint NOT NULL,
  author_id bigint NOT NULL,
  body longtext NOT NULL,
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  KEY comments_task_id_created_at_idx (task_id, created_at),
  CONSTRAINT comments_task_id_fkey FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
  CONSTRAINT comments_author_id_fkey FOREIGN KEY (author_id) REFERENCES users (id)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- ALTER TABLE tasks SET TIFLASH REPLICA 1; where it is scanned for analysis (492,471,906 rows)
-- ALTER TABLE comments SET TIFLASH REPLICA 1; where it is scanned for analysis (2,051,966,277 rows)
-- tenants.created_at, users.created_at, projects.created_at and 2 more: no type keeps a point in time beyond 2038 (TIMESTAMP ends then); instead: datetime in UTC: let sessions SET time_zone = '+00:00'
-- plans.name, users.email: MySQL indexes no unbounded text or binary: a key's column must be bounded; instead: varchar(255): adjust to the data
-- tenants.id, users.id, projects.id and 1 more: GENERATED ALWAYS: AUTO_INCREMENT accepts values that are given
-- tasks (tasks_tenant_id_assignee_id_idx): WHERE NOT done: there are no partial indexes; instead: an index on all rows
-- texts: comparison of texts is set by utf8mb4_bin; instead: accents and case make a difference, as in the source; the order is that of code points
-- tenants.id, users.id, projects.id and 2 more: consecutive keys would all be written to one region of the cluster; instead: AUTO_RANDOM: unique but not increasing, beyond 2^53 (JavaScript reads it as a string), and given values need allow_auto_random_explicit_insert
