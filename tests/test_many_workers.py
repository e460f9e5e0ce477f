"""Workers that are real processes, on a PostgreSQL primary with its standby, killed while people ask."""

from pathlib import Path

import pytest

from tests.many_workers import office, settle, storm
from tests.telegram_server import TOKEN


@pytest.mark.slow
@pytest.mark.usefixtures("postgresql_server")
def test_of_two_workers_that_are_killed_as_their_database_is_nothing_is_lost_or_comes_twice(tmp_path: Path) -> None:
    with office(tmp_path, workers=2) as opened:
        opened.start_worker(1)
        opened.wait_until_ready(1)
        # The one that leads has told Telegram where both are reached.
        assert len(opened.telegram.called("setWebhook")) == 1
        storm(opened, people=8, seconds=20, kills=2)
        assert settle(opened) == []
        assert opened.killed["workers"] == 2 and opened.killed["databases"] == 1
        assert not opened.telegram.problems and TOKEN not in opened.log()
