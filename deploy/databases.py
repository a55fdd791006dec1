"""`./halle databases`: make the databases and roles that HALLE_DATABASE_URL_<SERVICE> name, on a server of your own.

Run again it changes nothing but passwords: every role gets the one that its address has now.
"""

import argparse
from collections.abc import Mapping

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from bus import connecting, env
from deploy import processes
from deploy.refusal import CannotStart


def main(name: str, arguments: list[str]) -> int:
    """Make them as the administrator of HALLE_DATABASE_ADMIN_URL."""
    parser = argparse.ArgumentParser(prog=f"./halle {name}", description="Make every service's role and database.")
    parser.parse_args(arguments)
    administrator = env.url("HALLE_DATABASE_ADMIN_URL", "postgresql")
    urls = processes.named_databases()
    if not urls:
        env.fail("HALLE_DATABASE_URL_<SERVICE>", "is missing for every service")
    try:
        make_all(administrator, urls)
    except psycopg.Error as error:
        raise CannotStart(f"The databases could not be made: {error}") from error
    return 0


def make_all(administrator: str, urls: Mapping[str, str]) -> None:
    """A role and a database of its own for each service in `urls`."""
    with connecting.connect(administrator, autocommit=True) as connection:
        for service, text in urls.items():
            url = make_url(text)
            _make_role(connection, url)
            _make_database(connection, url)
            print(f"{service}: {url.database} belongs to {url.username}")


def _make_role(connection: psycopg.Connection, url: URL) -> None:
    """A role with the address's password, which the server is given, and writes into its log, as a hash."""
    role, password = url.username, url.password
    if not role or not password:
        raise CannotStart(f"{url.render_as_string()} must name a user with a password.")
    hashed = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    known = connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone()
    words = sql.SQL("alter role {} login password {}" if known else "create role {} login password {}")
    connection.execute(words.format(sql.Identifier(role), sql.Literal(hashed)))


def _make_database(connection: psycopg.Connection, url: URL) -> None:
    """A database that its role owns and no other role enters; its texts are ordered as in a private cluster."""
    name, role = sql.Identifier(url.database or ""), sql.Identifier(url.username or "")
    if connection.execute("select 1 from pg_database where datname = %s", [url.database]).fetchone() is None:
        words = (
            "create database {} owner {} template template0 encoding 'UTF8' "
            "locale 'C' locale_provider builtin builtin_locale 'C.UTF-8'"
        )
        connection.execute(sql.SQL(words).format(name, role))
    connection.execute(sql.SQL("revoke all on database {} from public").format(name))
