-- Do not shard: one PostgreSQL serves this until month 91 on a larger machine from now on.
CREATE TABLE plans (
  id smallint NOT NULL,
  name varchar(255) NOT NULL,
  monthly_price decimal(8,2) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY plans_name_key (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_as_cs;

CREATE TABLE tenants (
  id bigint NOT NULL,
  name longtext NOT NULL,
  plan_id smallint NOT NULL,
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id),
  CONSTRAINT tenants_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plans (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_as_cs;

CREATE TABLE users (
  id bigint NOT NULL,
  tenant_id bigint NOT NULL,
  email varchar(255) NOT NULL,
  active tinyint(1) NOT NULL DEFAULT 1,
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY users_tenant_id_email_key (tenant_id, email),
  CONSTRAINT users_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_as_cs;

CREATE TABLE projects (
  id bigint NOT NULL,
  tenant_id bigint NOT NULL,
  archived tinyint(1) NOT NULL DEFAULT 0,
  name longtext NOT NULL,
  owner_id bigint NOT NULL,
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (tenant_id, id),
  KEY projects_tenant_id_idx (tenant_id),
  CONSTRAINT projects_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
  CONSTRAINT projects_owner_id_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_as_cs;

CREATE TABLE tasks (
  id bigint NOT NULL,
  done tinyint(1) NOT NULL DEFAULT 0,
  tenant_id bigint NOT NULL,
  priority smallint NOT NULL DEFAULT 3,
  project_id bigint NOT NULL,
  assignee_id bigint,
  title longtext NOT NULL,
  body longtext,
  due_on date,
  updated_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (tenant_id, id),
  KEY tasks_tenant_id_project_id_done_idx (tenant_id, project_id, done),
  KEY tasks_tenant_id_assignee_id_idx (tenant_id, assignee_id),
  CONSTRAINT tasks_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
  CONSTRAINT tasks_project_id_fkey FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id),
  CONSTRAINT tasks_assignee_id_fkey FOREIGN KEY (tenant_id, assignee_id) REFERENCES users (tenant_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_as_cs;

CREATE TABLE comments (
  id bigint NOT NULL,
  task_id bigint NOT NULL,
  author_id bigint NOT NULL,
  body longtext NOT NULL,
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  tenant_id bigint NOT NULL,
  PRIMARY KEY (tenant_id, id),
  KEY comments_task_id_created_at_idx (task_id, created_at),
  CONSTRAINT comments_task_id_fkey FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT comments_author_id_fkey FOREIGN KEY (tenant_id, author_id) REFERENCES users (tenant_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_as_cs;

-- tenants.created_at, users.created_at, projects.created_at and 2 more: no type keeps a point in time beyond 2038 (TIMESTAMP ends then); instead: datetime in UTC: let sessions SET time_zone = '+00:00'
-- plans.name, users.email: MySQL indexes no unbounded text or binary: a key's column must be bounded; instead: varchar(255): adjust to the data
-- tasks (tasks_tenant_id_assignee_id_idx): WHERE NOT done: there are no partial indexes; instead: an index on all rows
-- texts: comparison of texts is set by utf8mb4_0900_as_cs; instead: accents and case make a difference, as in the source; the order is Unicode's
