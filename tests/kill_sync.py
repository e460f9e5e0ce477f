"""Kill `wartabot sync` at random moments, and see that each article is stored once, as it stands at its source.

python -m tests.kill_sync --kills 200
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from embeddings import STORE_FILE, Store
from tests.web_server import WebServer, article_page, feed

DAY = "Wed, 20 May 2026 08:{:02}:00 +0700"
# robots.txt and the feed come first, and each page is asked for when the one before is stored.
MOST_REQUESTS = 8


class Newsroom:
    """A server whose feed gets an article, and has another one changed, before each run."""

    def __init__(self, web: WebServer) -> None:
        self._web = web
        self._versions: list[int] = []
        self._texts: dict[str, str] = {}
        """What each article says, by its address."""

    def publish(self, rng: random.Random) -> None:
        """Add an article, and change one."""
        self._versions.append(0)
        self._versions[rng.randrange(len(self._versions))] += 1
        items = []
        for number, version in enumerate(self._versions):
            text = f"Camat nomor {number} membuka rapat ke-{version} di kantor kecamatan pada hari Rabu pagi sekali."
            more = "Peserta rapat membahas jalan desa, pasar, dan banjir yang melanda sawah warga selama bulan ini."
            url = self._web.add(f"/berita/{number}", article_page(f"Rapat camat nomor {number}", text, more))
            self._texts[url] = text
            items.append((url, f"Rapat {number}", DAY.format(version % 60)))
        self._web.add("/feed", feed(*reversed(items)), "application/rss+xml")

    def problems(self, store: Store) -> list[str]:
        """What a store has otherwise than this newsroom."""
        times = Counter(article.url for article in store.articles())
        found = [f"{url} is stored {times[url]} times" for url in {*self._texts, *times} if times[url] != 1]
        stored = {article.url: article.text for article in store.articles()}
        found += [f"{url} is out of date" for url, text in self._texts.items() if text not in stored.get(url, text)]
        return [*found, *map(str, store.damaged()), *filter(None, [store.check()])]


def kill_again_and_again(folder: Path, kills: int, seed: int = 5) -> tuple[int, int, list[str]]:
    """How many runs were killed before they had ended, how many articles there are, and what is wrong with them."""
    rng = random.Random(seed)
    with WebServer().running() as web:
        newsroom = Newsroom(web)
        command = _command(folder, f"{web.url}/feed")
        killed = 0
        for _ in range(kills):
            newsroom.publish(rng)
            killed += _kill(command, web, rng.randint(1, MOST_REQUESTS), rng.random() / 4)
        said = "left for later"
        while "left for later" in said:
            finished = subprocess.run(command, capture_output=True, text=True)
            said = finished.stderr
        store = Store(folder / "data" / STORE_FILE)
        problems = newsroom.problems(store) + ([] if finished.returncode == 0 else [said])
        articles = store.summary().articles
        store.close()
    return killed, articles, problems


def _command(folder: Path, feed_url: str) -> list[str]:
    config = folder / "config.toml"
    config.write_text(f'[fetching]\nloopback_for_tests = true\ndelay_seconds = 0\n[[sources]]\nurl = "{feed_url}"\n')
    return [
        sys.executable, "-m", "bot", "sync", "--all", "--config", str(config), "--data", str(folder / "data")
    ]  # fmt: skip


def _kill(command: list[str], web: WebServer, requests: int, seconds: float) -> bool:
    """Run a command and kill it so long after so many requests of it; whether it had not ended before."""
    asked = len(web.asked)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while len(web.asked) < asked + requests and process.poll() is None:
        time.sleep(0.01)
    time.sleep(seconds)
    was_running = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    return was_running


def main() -> None:
    """Kill as often as is asked for, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        killed, articles, problems = kill_again_and_again(Path(folder), arguments.kills, arguments.seed)
    print(f"{killed} of {arguments.kills} runs were killed before they had ended; {articles} articles")
    print("\n".join(problems) or "each article is stored once, as it stands at its source")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
