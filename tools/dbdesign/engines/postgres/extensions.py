"""Extensions that a user's script may create beyond those that PostgreSQL itself trusts, put on the server's search path for them.

Two kinds, both by `extension_control_path`, so from PostgreSQL 18 on:

* `HARMLESS`: shipped, untrusted by default, and without danger here: they only define types, operators, index methods or
  trigger functions; none reads files, pages or other sessions, connects or starts a process, and none of their installation scripts
  calls what a user could have put in its way. They are marked as trusted.
* stand-ins: the wheel is built without OpenSSL and libuuid, and half of the world's dumps ask for `pgcrypto` or `uuid-ossp`. The
  stand-ins define the same functions (names, arguments and results as in the PostgreSQL manual, appendix F) in SQL, owned by
  the user. What SQL cannot compute raises `feature_not_supported` when it is called; a schema only needs it to exist.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from dbdesign.engines.postgres.install import Installation

FOLDER = "dbdesign_extensions"
"""Inside the cluster's data folder, so that it is copied and removed with it."""

SINCE = 18
"""The first major version with `extension_control_path` (release notes of PostgreSQL 18)."""

HARMLESS = (
    "autoinc",
    "bloom",
    "dict_xsyn",
    "earthdistance",
    "insert_username",
    "intagg",
    "moddatetime",
    "pg_stat_statements",
    "refint",
    "vector",
)

_NAMESPACES = {
    "uuid_nil": "00000000-0000-0000-0000-000000000000",
    "uuid_ns_dns": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    "uuid_ns_url": "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
    "uuid_ns_oid": "6ba7b812-9dad-11d1-80b4-00c04fd430c8",
    "uuid_ns_x500": "6ba7b814-9dad-11d1-80b4-00c04fd430c8",
}
"""RFC 9562, section 6.6 and 5.9."""

_RANDOM_UUIDS = ("uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v4")
_MD5_UUID = (
    "SELECT (pg_catalog.substr(h, 1, 12) OPERATOR(pg_catalog.||) '3' OPERATOR(pg_catalog.||) pg_catalog.substr(h, 14, 3) "
    "OPERATOR(pg_catalog.||) pg_catalog.translate(pg_catalog.substr(h, 17, 1), '0123456789abcdef', '89ab89ab89ab89ab') "
    "OPERATOR(pg_catalog.||) pg_catalog.substr(h, 18))::pg_catalog.uuid FROM pg_catalog.md5("
    "pg_catalog.uuid_send(namespace) OPERATOR(pg_catalog.||) pg_catalog.convert_to(name, 'UTF8')) h"
)
_DIGEST = (
    "BEGIN CASE pg_catalog.lower($2) WHEN 'md5' THEN RETURN pg_catalog.decode(pg_catalog.md5($1), 'hex'); "
    "WHEN 'sha224' THEN RETURN pg_catalog.sha224({0}); WHEN 'sha256' THEN RETURN pg_catalog.sha256({0}); "
    "WHEN 'sha384' THEN RETURN pg_catalog.sha384({0}); WHEN 'sha512' THEN RETURN pg_catalog.sha512({0}); "
    "ELSE RAISE feature_not_supported USING MESSAGE = 'this stand-in for pgcrypto has no ' || $2; END CASE; END"
)
_RANDOM_BYTES = (
    "SELECT pg_catalog.decode(pg_catalog.substr(pg_catalog.string_agg(pg_catalog.replace(pg_catalog.gen_random_uuid()::text, "
    "'-', ''), ''), 1, 2 * $1), 'hex') FROM pg_catalog.generate_series(0, $1 / 16)"
)

_NOT_COMPUTED = """
hmac(text, text, text) bytea immutable
hmac(bytea, bytea, text) bytea immutable
crypt(text, text) text immutable
gen_salt(text) text volatile
gen_salt(text, integer) text volatile
encrypt(bytea, bytea, text) bytea immutable
decrypt(bytea, bytea, text) bytea immutable
encrypt_iv(bytea, bytea, bytea, text) bytea immutable
decrypt_iv(bytea, bytea, bytea, text) bytea immutable
pgp_sym_encrypt(text, text) bytea volatile
pgp_sym_encrypt(text, text, text) bytea volatile
pgp_sym_encrypt_bytea(bytea, text) bytea volatile
pgp_sym_encrypt_bytea(bytea, text, text) bytea volatile
pgp_sym_decrypt(bytea, text) text immutable
pgp_sym_decrypt(bytea, text, text) text immutable
pgp_sym_decrypt_bytea(bytea, text) bytea immutable
pgp_sym_decrypt_bytea(bytea, text, text) bytea immutable
pgp_pub_encrypt(text, bytea) bytea volatile
pgp_pub_encrypt(text, bytea, text) bytea volatile
pgp_pub_encrypt_bytea(bytea, bytea) bytea volatile
pgp_pub_encrypt_bytea(bytea, bytea, text) bytea volatile
pgp_pub_decrypt(bytea, bytea) text immutable
pgp_pub_decrypt(bytea, bytea, text) text immutable
pgp_pub_decrypt(bytea, bytea, text, text) text immutable
pgp_pub_decrypt_bytea(bytea, bytea) bytea immutable
pgp_pub_decrypt_bytea(bytea, bytea, text) bytea immutable
pgp_pub_decrypt_bytea(bytea, bytea, text, text) bytea immutable
pgp_key_id(bytea) text immutable
armor(bytea) text immutable
armor(bytea, text[], text[]) text immutable
dearmor(text) bytea immutable
"""


def install_extensions(installation: Installation, data: Path) -> None:
    """Write the control files and scripts into a cluster's data folder."""
    if installation.major < SINCE:
        return
    target = data / FOLDER / "extension"
    target.mkdir(parents=True)
    shipped = _shipped_folder(installation)
    for name in HARMLESS:
        if (shipped / f"{name}.control").exists():
            _trust(shipped, name, target)
    for name, (version, comment, script) in _stand_ins().items():
        if not (shipped / f"{name}.control").exists():
            _stand_in(target, name, version, comment, script)


def search_path(installation: Installation, data: Path) -> dict[str, str]:
    """The setting that makes a server find them."""
    return {"extension_control_path": f"{data / FOLDER}:$system"} if installation.major >= SINCE else {}


def _shipped_folder(installation: Installation) -> Path:
    answer = installation.account.run([str(installation.bin / "pg_config"), "--sharedir"])
    return Path(answer.stdout.strip()) / "extension"


def _trust(shipped: Path, name: str, target: Path) -> None:
    control = (shipped / f"{name}.control").read_text()
    (target / f"{name}.control").write_text(control.rstrip() + "\ntrusted = true\n")
    version = re.search(r"^default_version\s*=\s*'([^']+)'", control, re.MULTILINE)
    whole = shipped / f"{name}--{version[1]}.sql" if version else None
    scripts = [whole] if whole and whole.exists() else sorted(shipped.glob(f"{name}--*.sql"))
    for script in scripts:
        shutil.copyfile(script, target / script.name)


def _stand_ins() -> dict[str, tuple[str, str, str]]:
    """Name → version, comment (as the original's, so that dumps agree) and script."""
    return {
        "uuid-ossp": ("1.1", "generate universally unique identifiers (UUIDs)", _uuid_script()),
        "pgcrypto": ("1.4", "cryptographic functions", _crypto_script()),
    }


def _stand_in(target: Path, name: str, version: str, comment: str, script: str) -> None:
    (target / f"{name}.control").write_text(
        f"comment = '{comment}'\ndefault_version = '{version}'\nrelocatable = true\nsuperuser = false\n"
    )
    said = (
        f"DO 'BEGIN RAISE WARNING ''{name} is a stand-in here: its functions exist, not all of them compute''; END';\n"
    )
    (target / f"{name}--{version}.sql").write_text(script + said)


def _function(signature: str, result: str, volatility: str, language: str, body: str) -> str:
    return f"CREATE FUNCTION {signature} RETURNS {result} LANGUAGE {language} {volatility} STRICT PARALLEL SAFE AS $body${body}$body$;\n"


def _uuid_script() -> str:
    text = "".join(
        _function(f"{name}()", "uuid", "IMMUTABLE", "sql", f"SELECT '{value}'::pg_catalog.uuid")
        for name, value in _NAMESPACES.items()
    )
    text += "".join(
        _function(f"{name}()", "uuid", "VOLATILE", "sql", "SELECT pg_catalog.gen_random_uuid()")
        for name in _RANDOM_UUIDS
    )
    text += _function("uuid_generate_v3(namespace uuid, name text)", "uuid", "IMMUTABLE", "sql", _MD5_UUID)
    return text + _refusing("uuid_generate_v5(namespace uuid, name text)", "uuid", "IMMUTABLE", "uuid-ossp")


def _crypto_script() -> str:
    text = _function(
        "digest(text, text)", "bytea", "IMMUTABLE", "plpgsql", _DIGEST.format("pg_catalog.convert_to($1, 'UTF8')")
    )
    text += _function("digest(bytea, text)", "bytea", "IMMUTABLE", "plpgsql", _DIGEST.format("$1"))
    text += _function("gen_random_bytes(integer)", "bytea", "VOLATILE", "sql", _RANDOM_BYTES)
    text += _function("gen_random_uuid()", "uuid", "VOLATILE", "sql", "SELECT pg_catalog.gen_random_uuid()")
    text += _refusing("pgp_armor_headers(text, OUT key text, OUT value text)", "SETOF record", "IMMUTABLE", "pgcrypto")
    for line in _NOT_COMPUTED.split("\n"):
        if line:
            signature, _, rest = line.rpartition(")")
            result, volatility = rest.split()
            text += _refusing(f"{signature})", result, volatility, "pgcrypto")
    return text


def _refusing(signature: str, result: str, volatility: str, extension: str) -> str:
    name = signature.partition("(")[0]
    body = f"BEGIN RAISE feature_not_supported USING MESSAGE = 'this stand-in for {extension} does not compute {name}'; END"
    return _function(signature, result, volatility, "plpgsql", body)
