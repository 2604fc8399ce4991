-- Do not shard: one PostgreSQL serves this until month 91 on a larger machine from now on.
-- CockroachDB 25.4: every distributed table begins with tenants.id: what belongs together lies together.
CREATE TABLE plans (
    id INT2 NOT NULL,
    name STRING NOT NULL,
    monthly_price DECIMAL(8,2) NOT NULL,
    CONSTRAINT plans_pkey PRIMARY KEY (id),
    CONSTRAINT plans_name_key UNIQUE (name)
);

CREATE TABLE tenants (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    name STRING NOT NULL,
    plan_id INT2 NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT tenants_pkey PRIMARY KEY (id) USING HASH,
    CONSTRAINT tenants_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES plans (id)
);

CREATE TABLE users (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    tenant_id INT8 NOT NULL,
    email STRING NOT NULL,
    active BOOL NOT NULL DEFAULT true,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT users_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT users_tenant_id_email_key UNIQUE (tenant_id, email),
    CONSTRAINT users_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);

CREATE TABLE projects (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    tenant_id INT8 NOT NULL,
    archived BOOL NOT NULL DEFAULT false,
    name STRING NOT NULL,
    owner_id INT8 NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT projects_pkey PRIMARY KEY (tenant_id, id),
    INDEX projects_tenant_id_idx (tenant_id),
    CONSTRAINT projects_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT projects_owner_id_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id)
);

CREATE TABLE tasks (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    done BOOL NOT NULL DEFAULT false,
    tenant_id INT8 NOT NULL,
    priority INT2 NOT NULL DEFAULT 3,
    project_id INT8 NOT NULL,
    assignee_id INT8,
    title STRING NOT NULL,
    body STRING,
    due_on DATE,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT tasks_pkey PRIMARY KEY (tenant_id, id),
    INDEX tasks_tenant_id_project_id_done_idx (tenant_id, project_id, done),
    INDEX tasks_tenant_id_assignee_id_idx (tenant_id, assignee_id) WHERE NOT done,
    CONSTRAINT tasks_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT tasks_project_id_fkey FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id),
    CONSTRAINT tasks_assignee_id_fkey FOREIGN KEY (tenant_id, assignee_id) REFERENCES users (tenant_id, id)
);

CREATE TABLE comments (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    task_id INT8 NOT NULL,
    author_id INT8 NOT NULL,
    body STRING NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    tenant_id INT8 NOT NULL,
    CONSTRAINT comments_pkey PRIMARY KEY (tenant_id, id),
    INDEX comments_task_id_created_at_idx (task_id, created_at),
    CONSTRAINT comments_task_id_fkey FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT comments_author_id_fkey FOREIGN KEY (tenant_id, author_id) REFERENCES users (tenant_id, id)
);

ALTER DATABASE app CONFIGURE ZONE USING num_replicas = 3, range_max_bytes = 536870912, gc.ttlseconds = 14400;
-- read everywhere; the nearest replica answers AS OF SYSTEM TIME follower_read_timestamp(): plans
ALTER TABLE plans CONFIGURE ZONE USING num_replicas = 5;
-- tenants: a primary key that counts up sends every insert to one range; instead: USING HASH spreads them over buckets and makes range scans by key dearer; a key by gen_random_uuid() needs none
