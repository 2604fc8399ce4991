"""The JVM: lines that configure, call or make up a mapper or a migration tool."""

from __future__ import annotations

from dbdesign.detect.patterns.base import JVM, SCRIPTS, Pattern, pattern
from dbdesign.detect.signals import Basis

PATTERNS: tuple[Pattern, ...] = (
    pattern(
        r"\.(?:xml|ya?ml|json|sql|groovy)$",
        "databaseChangeLog¦liquibase formatted sql",
        r"<databaseChangeLog\b|^\s*databaseChangeLog\s*:|\"databaseChangeLog\"\s*:|^--\s*liquibase\s+formatted\s+sql|^databaseChangeLog\(",
        "liquibase",
        Basis.ARTEFACT,
        once=True,
    ),
    pattern(
        r"(?:^|/)(?:application|bootstrap)[\w.-]*\.(?:ya?ml|properties)$|(?:^|/)liquibase[\w.-]*\.properties$",
        "liquibase¦changeLogFile",
        r"^\s*(?:spring\.|quarkus\.)?liquibase[.:]|^changeLogFile\s*[:=]",
        "liquibase",
        Basis.CODE,
    ),
    pattern(
        r"(?:^|/)(?:application|bootstrap)[\w.-]*\.(?:ya?ml|properties)$|(?:^|/)flyway[\w.-]*\.(?:conf|toml|properties)$",
        "flyway",
        r"^\s*(?:spring\.|quarkus\.)?flyway[.:\]]|^\[flyway\]",
        "flyway",
        Basis.CODE,
    ),
    pattern(
        JVM,
        "BaseJavaMigration¦Flyway.configure",
        r"extends\s+BaseJavaMigration|:\s*BaseJavaMigration\(|Flyway\.configure\(",
        "flyway",
        Basis.ARTEFACT,
        once=True,
    ),
    pattern(
        SCRIPTS,
        "flyway¦liquibase",
        r"\b(?P<x>flyway|liquibase)\b[^\n]{0,60}\b(?:migrate|update|validate|repair)\b",
        basis=Basis.COMMAND,
        names={"flyway": "flyway", "liquibase": "liquibase"},
    ),
    pattern(
        r"\.(?:ya?ml|properties|xml)$",
        "ddl-auto¦hbm2ddl¦database.generation¦schema-management",
        r"(?:ddl-auto|hbm2ddl\.auto|database\.generation|schema-management\.strategy)[\"']?\s*[:=>]+\s*[\"']?(?:update|create(?:-drop)?|drop-and-create)\b",
        "sync",
        Basis.CODE,
    ),
    pattern(
        r"(?:^|/)(?:application|bootstrap)[\w.-]*\.(?:ya?ml|properties)$",
        "jpa¦hibernate-orm",
        r"^\s*(?:%[\w-]+\.)?(?:spring\.)?jpa[.:]|^\s*(?:%[\w-]+\.)?(?:quarkus\.)?hibernate-orm[.:]",
        "hibernate",
        Basis.CODE,
        once=True,
    ),
    pattern(
        r"(?:^|/)(?:application|bootstrap)[\w.-]*\.(?:ya?ml|properties)$",
        "mybatis",
        r"^\s*mybatis(?:-plus|-flex)?[.:]",
        "mybatis",
        Basis.CODE,
        once=True,
    ),
    pattern(
        r"(?:^|/)persistence\.xml$", "<persistence-unit", r"<persistence-unit\b", "hibernate", Basis.CODE, once=True
    ),
    pattern(
        r"\.xml$",
        "hibernate-mapping¦hibernate-configuration",
        r"<hibernate-(?:mapping|configuration)\b",
        "hibernate",
        Basis.ARTEFACT,
        once=True,
    ),
    pattern(JVM, "persistence", r"@Entity\b", "hibernate", Basis.CODE, once=True),
    pattern(r"\.xml$", "mybatis", r"mybatis\.org//DTD", "mybatis", Basis.ARTEFACT, once=True),
    pattern(JVM, "apache.ibatis¦mybatisplus", r"@Mapper\b|BaseMapper<", "mybatis", Basis.CODE, once=True),
    pattern(JVM, "ChangeUnit¦ChangeSet", r"@ChangeUnit\b|@ChangeLog\b", "mongock", Basis.ARTEFACT, once=True),
)
