"""A synthetic schema as large as real ones get, in a dialect that is read without a server."""

from __future__ import annotations


def big_mysql(tables: int = 400) -> str:
    """MySQL DDL: ten columns and two foreign keys a table, with comments and a name beyond ASCII here and there."""
    parts = []
    for number in range(tables):
        name = f"tabelle_{number}_größe" if number % 20 == 0 else f"table_{number:03d}"
        columns = [
            f"  `column_{position}` varchar(80) NOT NULL DEFAULT 'x' COMMENT 'what column {position} holds'"
            for position in range(7)
        ]
        keys = [
            f"  CONSTRAINT `fk_{number}_{parent}` FOREIGN KEY (`parent_{parent}`) REFERENCES `{_name(parent)}` (`id`) ON DELETE CASCADE"
            for parent in (number // 2, number // 3)
            if parent < number
        ]
        columns += [
            f"  `parent_{parent}` bigint DEFAULT NULL"
            for parent in dict.fromkeys((number // 2, number // 3))
            if parent < number
        ]
        body = ",\n".join(
            [
                "  `id` bigint NOT NULL AUTO_INCREMENT",
                "  `price` double NOT NULL",
                *columns,
                "  PRIMARY KEY (`id`)",
                *dict.fromkeys(keys),
            ]
        )
        parts.append(f"CREATE TABLE `{name}` (\n{body}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;")
    return "\n".join(parts) + "\n"


def _name(number: int) -> str:
    return f"tabelle_{number}_größe" if number % 20 == 0 else f"table_{number:03d}"
