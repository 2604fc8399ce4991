--liquibase formatted sql

--changeset nvoxland:1 runInTransaction:false
create index concurrently x on t(a);
--rollback drop index x;

--changeset nvoxland:2
alter table t add column b int;
