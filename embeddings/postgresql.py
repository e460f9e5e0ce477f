"""PostgreSQL for stores that speak SQLite's SQL: connections that survive a failover, and errors for the operator."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from embeddings.errors import StoreBusy, StoreUnreachable, StoreUnusable

if TYPE_CHECKING:
    import psycopg

LOCK_TIMEOUT_SECONDS = 10
CONNECT_SECONDS = 10
"""How long a call waits for a connection; a failover may take longer, and is tried again by whoever calls."""
# A server that vanishes without a word is noticed after these seconds, not after TCP's hours.
_NOTICED_SECONDS = 15
LEAST_VERSION = 15
_EXTRA = "PostgreSQL needs packages that are not installed: make postgresql, or pip install 'wartabot[postgresql]'"
_PLACEHOLDERS = re.compile(r"""'(?:[^']|'')*'|"[^"]*"|\?|:([a-z]\w*)|%""")
_ADVICE = {
    "25006": "it only reads, as a standby does. Name all servers in the URL: postgresql://…@one,other/wartabot",
    "40001": "other processes changed the same rows. Nothing was changed; try again.",
    "40P01": "other processes changed the same rows. Nothing was changed; try again.",
    "42501": "its user may not do that ({message}). Let the database be the user's own: ALTER DATABASE … OWNER TO …",
    "53100": "its disk is full. Nothing was lost; free some space there and run the same command again.",
    "53300": "it has no connection left. Raise max_connections in postgresql.conf, or run fewer workers.",
    "57014": "it took too long, or was ended there. Nothing was changed; try again.",
    "55P03": f"another process has held a lock for {LOCK_TIMEOUT_SECONDS} s. Nothing was changed; try again.",
}
_UNREACHABLE = "it cannot be reached ({message}). Check that the server runs and that the URL names it, then try again."
# Lost connections, failovers, rows that others change meanwhile, and servers that are too busy pass by themselves.
_LOST = ("08", "57P")
_BUSY = ("40", "53300", "55P03", "57014")
_PASSING = (*_LOST, *_BUSY, "25006")


class Cursor(Protocol):
    """The rows that a statement has found, or how many it has changed."""

    @property
    def rowcount(self) -> int: ...
    @property
    def description(self) -> Any: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """What connections to SQLite and PostgreSQL both offer; statements have SQLite's placeholders, `?` or `:name`."""

    def execute(self, statement: str, values: Sequence[Any] | Mapping[str, Any] = ..., /) -> Cursor: ...
    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> Cursor: ...


class Session:
    """A connection to PostgreSQL; its errors are the operator's."""

    def __init__(self, connection: "psycopg.Connection[Any]", server: "PostgreSQL") -> None:
        self.connection = connection
        self._server = server

    def execute(self, statement: str, values: Sequence[Any] | Mapping[str, Any] = (), /) -> Cursor:
        with self._server.errors_explained():
            return self.connection.execute(translated(statement), values, binary=True)

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> Cursor:
        with self._server.errors_explained():
            cursor = self.connection.cursor()
            cursor.executemany(translated(statement), rows)
            return cursor

    def close(self) -> None:
        self.connection.close()


class PostgreSQL:
    """Connections to one PostgreSQL database, in one of its schemas, that take the SQL of the SQLite stores.

    Any thread may call. Everything raises StoreUnusable, and StoreUnreachable where trying again may help; a
    transaction whose end the server did not confirm may have been committed.
    """

    def __init__(self, url: str, schema: str, most: int = 4) -> None:
        """Connect; `most` connections are held at a time. Of several hosts in the URL, the one that can be written."""
        try:
            import psycopg
            import psycopg_pool
        except ImportError as error:
            raise StoreUnusable(_EXTRA) from error
        self.schema = schema
        self._options = _options(url)
        self._secret = str(self._options.get("password") or "")
        self.name = shown(url)
        """What the operator knows the database by: its URL without user and password."""
        # Before the pool, whose own attempts would not tell why they fail.
        with self.errors_explained(), psycopg.connect(**self._options, autocommit=True) as connection:
            self._refuse_unfit(connection)
        self._pool = psycopg_pool.ConnectionPool(
            kwargs={**self._options, "autocommit": True},
            min_size=1, max_size=most, timeout=CONNECT_SECONDS, open=False,
            configure=self._configure_pooled, check=psycopg_pool.ConnectionPool.check_connection,
        )  # fmt: skip
        self._pool.open()

    def close(self) -> None:
        self._pool.close()

    @contextmanager
    def connection(self) -> Iterator[Session]:
        """A connection on which each statement is a transaction of its own."""
        with self.errors_explained(), self._pool.connection() as connection:
            yield Session(connection, self)

    @contextmanager
    def transaction(self, snapshot: bool = False) -> Iterator[Session]:
        """All that the block does, or nothing of it; a snapshot reads one state and changes nothing."""
        with self.connection() as session, session.connection.transaction():
            if snapshot:
                session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield session

    def dedicated(self) -> Session:
        """A connection beside the pool, which the caller closes: for locks that are held as long as it lives."""
        import psycopg

        with self.errors_explained():
            connection = psycopg.connect(**self._options, autocommit=True)
            self._configure(connection)
        return Session(connection, self)

    def migrate(self, scripts: Sequence[str]) -> None:
        """Run the scripts that the schema has not seen, each of several statements; refuses a newer schema."""
        if self.version(len(scripts)) == len(scripts):
            return
        with self.transaction() as session:
            session.execute("SET LOCAL lock_timeout = 0")
            session.execute("SELECT pg_advisory_xact_lock(hashtext(?))", (f"wartabot migrates {self.schema}",))
            # Without this question, it would ask for the right to create schemas where there is nothing to create.
            if session.execute("SELECT to_regnamespace(?)", (self.schema,)).fetchone()[0] is None:
                session.execute(f'CREATE SCHEMA "{self.schema}"')
            self._refuse_of_others(session)
            session.execute("CREATE TABLE IF NOT EXISTS schema_version(version BIGINT NOT NULL)")
            # Another process may have done it while this one waited for the lock.
            version = session.execute("SELECT coalesce(max(version), 0) FROM schema_version").fetchone()[0]
            for script in scripts[version:]:
                session.connection.execute(script.encode())
            session.execute("DELETE FROM schema_version")
            session.execute("INSERT INTO schema_version VALUES (?)", (max(version, len(scripts)),))

    def version(self, known: int) -> int:
        """The schema's version, 0 where there is none yet; raises StoreUnusable where it is newer than known here."""
        with self.connection() as session:
            if session.execute("SELECT to_regclass(?)", (f'"{self.schema}".schema_version',)).fetchone()[0] is None:
                return 0
            version = int(session.execute("SELECT coalesce(max(version), 0) FROM schema_version").fetchone()[0])
        if version > known:
            raise StoreUnusable(
                f"{self.name}: its schema {self.schema!r} was written by a newer wartabot (version {version}, this "
                f"one knows {known}). Update wartabot, or choose another database."
            )
        return version

    def _refuse_unfit(self, connection: "psycopg.Connection[Any]") -> None:
        version = connection.info.server_version // 10_000
        encoding = connection.info.parameter_status("server_encoding")
        if version < LEAST_VERSION:
            raise StoreUnusable(f"{self.name} runs PostgreSQL {version}. Update it to {LEAST_VERSION} or newer.")
        if encoding != "UTF8":
            raise StoreUnusable(
                f"{self.name} keeps text as {encoding}, in which letters would be lost. Make another database: "
                "CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
            )

    def _refuse_of_others(self, session: Session) -> None:
        """Raise StoreUnusable for a schema of this name that another program has filled: it could be dropped."""
        tables = "SELECT count(*), count(*) FILTER (WHERE relname = 'schema_version') FROM pg_class"
        held, ours = session.execute(f"{tables} WHERE relnamespace = to_regnamespace(?)", (self.schema,)).fetchone()
        if held and not ours:
            raise StoreUnusable(
                f"{self.name}: its schema {self.schema!r} holds tables of another program. Nothing was changed; choose "
                "another database."
            )

    @contextmanager
    def errors_explained(self) -> Iterator[None]:
        """Raise what the server reports as StoreUnusable, without the rows and passwords that it may quote."""
        import psycopg

        try:
            yield
        except psycopg.Error as error:
            state = error.sqlstate or ("08" if isinstance(error, psycopg.OperationalError) else "")
            message = " ".join((error.diag.message_primary or str(error)).split())
            if self._secret:
                message = message.replace(self._secret, "[redacted]")
            lost = state.startswith(_LOST)
            advice = _UNREACHABLE if lost else _ADVICE.get(state, f"{{message}} ({state or type(error).__name__})")
            passing = StoreBusy if state.startswith(_BUSY) else StoreUnreachable
            kind = passing if state.startswith(_PASSING) else StoreUnusable
            # Not `from error`, whose details are rows: people's words.
            raise kind(f"{self.name}: {advice.replace('{message}', message)}") from None

    def _configure_pooled(self, connection: "psycopg.Connection[Any]") -> None:
        self._configure(connection)
        connection.execute(f"SET lock_timeout = '{LOCK_TIMEOUT_SECONDS}s'".encode())

    def _configure(self, connection: "psycopg.Connection[Any]") -> None:
        from psycopg.types.numeric import NumericBinaryLoader

        class Number(NumericBinaryLoader):
            """Sums are numbers as SQLite has them."""

            def load(self, data: Any) -> Any:
                number = super().load(data)
                return int(number) if number == number.to_integral_value() else float(number)

        connection.adapters.register_loader("numeric", Number)
        connection.execute(f'SET search_path TO "{self.schema}"'.encode())


@lru_cache(maxsize=1024)
def translated(statement: str) -> bytes:
    """A statement with psycopg's placeholders in the place of SQLite's; what stands in quotes is left alone."""
    return _PLACEHOLDERS.sub(_translation, statement).encode()


def shown(url: str) -> str:
    """A database's URL as it may be shown: without user, password and options."""
    options = _options(url)
    hosts = str(options.get("host") or options.get("hostaddr") or "").split(",")
    ports = str(options.get("port") or "").split(",")
    ports = ports if len(ports) == len(hosts) else ports[:1] * len(hosts)
    servers = ",".join(f"{host}:{port}" if port else host for host, port in zip(hosts, ports, strict=True))
    return f"postgresql://{servers}/{options.get('dbname') or ''}"


def _translation(found: re.Match[str]) -> str:
    if found[0] == "?":
        return "%s"
    if found[1]:
        return f"%({found[1]})s"
    return found[0].replace("%", "%%")


def _options(url: str) -> dict[str, Any]:
    """What the URL says, and what makes a lost server noticed."""
    from psycopg import Error
    from psycopg.conninfo import conninfo_to_dict

    try:
        found = conninfo_to_dict(url.replace("\0", "%"))
        _refuse_misread(found)
    except (Error, ValueError):
        # Its message quotes the URL, and with it the password.
        raise StoreUnusable(
            "The URL of the store cannot be read. It is written so: postgresql://user:password@host:5432/wartabot, "
            "with several servers @one:5432,other:5432/wartabot; characters such as @ / : ? # % in a password as %40 "
            "%2F %3A %3F %23 %25."
        ) from None
    several = "," in str(found.get("host") or found.get("hostaddr") or "")
    default = {
        "connect_timeout": 5,
        "keepalives_idle": _NOTICED_SECONDS,
        "tcp_user_timeout": 1000 * _NOTICED_SECONDS,
        "application_name": "wartabot",
        "target_session_attrs": "read-write" if several else "any",
    }
    return {**default, **found, "client_encoding": "utf8"}


def _refuse_misread(found: Mapping[str, Any]) -> None:
    """Raise ValueError where a password's own @ or / was taken for its end, and would be shown as what follows it."""
    hosts = str(found.get("host") or "").split(",")
    if any("@" in str(part) for part in (*(host[1:] for host in hosts), found.get("dbname"))):
        raise ValueError
    for host in hosts:
        # Of a name that is none, the resolver says the same in a way that is no database's error.
        host.encode("ascii" if host.startswith(("/", "@")) else "idna")
