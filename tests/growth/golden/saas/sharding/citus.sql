-- Do not shard: one PostgreSQL serves this until month 91 on a larger machine from now on.
-- Citus 13.0: distributed by tenants.id. Run on the coordinator of an empty database, before the data.
CREATE EXTENSION IF NOT EXISTS citus;

CREATE TABLE plans (
    id smallint PRIMARY KEY,
    name text NOT NULL UNIQUE,
    monthly_price numeric(8,2) NOT NULL
);

CREATE TABLE tenants (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    plan_id smallint NOT NULL REFERENCES plans (id),
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE users (
    id bigint GENERATED ALWAYS AS IDENTITY,
    tenant_id bigint NOT NULL REFERENCES tenants (id),
    email text NOT NULL,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, email)
);

CREATE TABLE projects (
    id bigint GENERATED ALWAYS AS IDENTITY,
    tenant_id bigint NOT NULL REFERENCES tenants (id),
    archived boolean DEFAULT false NOT NULL,
    name text NOT NULL,
    owner_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT projects_owner_id_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id)
);
CREATE INDEX projects_tenant_id_idx ON projects (tenant_id);

CREATE TABLE tasks (
    id bigint GENERATED ALWAYS AS IDENTITY,
    done boolean DEFAULT false NOT NULL,
    tenant_id bigint NOT NULL REFERENCES tenants (id),
    priority smallint DEFAULT 3 NOT NULL,
    project_id bigint NOT NULL,
    assignee_id bigint,
    title text NOT NULL,
    body text,
    due_on date,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT tasks_project_id_fkey FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id),
    CONSTRAINT tasks_assignee_id_fkey FOREIGN KEY (tenant_id, assignee_id) REFERENCES users (tenant_id, id)
);
CREATE INDEX tasks_tenant_id_project_id_done_idx ON tasks (tenant_id, project_id, done);
CREATE INDEX tasks_tenant_id_assignee_id_idx ON tasks (tenant_id, assignee_id) WHERE NOT done;

CREATE TABLE comments (
    id bigint GENERATED ALWAYS AS IDENTITY,
    task_id bigint NOT NULL,
    author_id bigint NOT NULL,
    body text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    tenant_id bigint NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT comments_task_id_fkey FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT comments_author_id_fkey FOREIGN KEY (tenant_id, author_id) REFERENCES users (tenant_id, id)
);
CREATE INDEX comments_task_id_created_at_idx ON comments (task_id, created_at);

SELECT create_reference_table('plans');
SELECT create_distributed_table('tenants', 'id', shard_count => 64);
SELECT create_distributed_table('users', 'tenant_id', colocate_with => 'tenants');
SELECT create_distributed_table('projects', 'tenant_id', colocate_with => 'tenants');
SELECT create_distributed_table('tasks', 'tenant_id', colocate_with => 'tenants');
SELECT create_distributed_table('comments', 'tenant_id', colocate_with => 'tenants');
-- comments: fill tenant_id from its parent before SET NOT NULL; the application must write it from then on
