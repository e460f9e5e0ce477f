"""How many machines a number of questions a second needs, by simulating the queue in front of them.

    python -m embeddings.evaluation.capacity --p50 120 --p95 200

`--p50` and `--p95` are what a question takes one worker, in milliseconds, as embeddings.evaluation.speed or scale
measured it on such a machine.

Assumed: questions come independently of each other (a Poisson process) at the peak's rate; whichever worker is free
takes the one that has waited longest; what a question takes is lognormal; a machine's workers slow each other down as
measured; one machine may be out at the peak. Not in it: the way to Telegram, and what PostgreSQL and Qdrant need,
which answer in parts of the time and have machines of their own.
"""

import argparse
import heapq
import math
from collections.abc import Callable

import msgspec
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

RATES = (1.0, 10.0, 100.0)
# https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
MESSAGES_A_SECOND = 30
QUESTIONS = 50_000
SEED = 20261127
# Of a standard normal distribution.
QUANTILE_95 = 1.6448536
MOST_MACHINES = 10_000
Times = NDArray[np.float64]


class Machine(msgspec.Struct, frozen=True):
    """A machine that answers: its workers, and how much more they do together than one of them alone."""

    workers: int = 1
    together: float = 1.0

    def slower(self) -> float:
        """By what a question takes longer where all its workers are busy."""
        return self.workers / self.together


class Plan(msgspec.Struct, frozen=True):
    """So many machines, one of them out at the peak: how busy the others are, and what people then wait (seconds)."""

    machines: int
    busy: float
    p50: float
    p95: float
    p99: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--p50", type=float, required=True, help="milliseconds a question takes, the median")
    parser.add_argument("--p95", type=float, required=True, help="the same, of 95 %% of all questions")
    parser.add_argument("--workers", type=int, default=Machine().workers, help="workers on each machine")
    parser.add_argument(
        "--together", type=float, default=Machine().together, help="how much more they do than one worker alone"
    )
    parser.add_argument("--promise", type=float, default=1.0, help="seconds within which 95 %% are answered")
    parser.add_argument("--rates", type=float, nargs="+", default=RATES, help="questions a second")
    arguments = parser.parse_args()
    machine = Machine(arguments.workers, arguments.together)
    takes = lognormal(arguments.p50 / 1000, arguments.p95 / 1000)
    table = Table("questions a second", "machines", "busy", "p50", "p95", "p99", "messages a second")
    for rate in arguments.rates:
        plan = fewest_machines(rate, takes, machine, arguments.promise)
        sent = f"{rate:g}" if rate <= MESSAGES_A_SECOND else f"{rate:g}: more than Telegram's {MESSAGES_A_SECOND}"
        waited = (f"{seconds:.2f} s" for seconds in (plan.p50, plan.p95, plan.p99))
        table.add_row(f"{rate:g}", str(plan.machines), f"{plan.busy:.0%}", *waited, sent)
    Console().print(table)


def lognormal(p50: float, p95: float) -> Callable[[np.random.Generator, int], Times]:
    """Draws times in seconds with this median and this 95th percentile; raises ValueError where they cannot be."""
    if not 0 < p50 <= p95:
        raise ValueError(f"--p50 {1000 * p50:g} and --p95 {1000 * p95:g}: the second must not be the smaller, nor 0")
    spread = math.log(p95 / p50) / QUANTILE_95
    return lambda chance, number: chance.lognormal(math.log(p50), spread, number)


def fewest_machines(
    rate: float, takes: Callable[[np.random.Generator, int], Times], machine: Machine, promise: float
) -> Plan:
    """The fewest machines of which one may be out, and 95 of 100 questions are answered within the promise (seconds).

    Raises ValueError where no number of machines keeps it.
    """
    chance = np.random.default_rng(SEED)
    arrivals = np.cumsum(chance.exponential(1 / rate, QUESTIONS))
    services = takes(chance, QUESTIONS) * machine.slower()
    # Fewer than are busy all the time fall behind without end.
    least = int(rate * float(services.mean()) / machine.workers) + 1
    for left in range(least, MOST_MACHINES):
        answered = waits(arrivals, services, left * machine.workers) + services
        p50, p95, p99 = map(float, np.percentile(answered, [50, 95, 99]))
        if p95 <= promise:
            return Plan(left + 1, rate * float(services.mean()) / (left * machine.workers), p50, p95, p99)
        if np.percentile(services, 95) > promise:
            break
    raise ValueError(f"a question alone takes longer than {promise:g} s: no number of machines helps")


def waits(arrivals: Times, services: Times, workers: int) -> Times:
    """How long each question waits until a worker is free, first come, first served; all in seconds, shape (n,).

    Each goes to the worker that is free first (Kiefer and Wolfowitz 1955).
    """
    free = [0.0] * workers
    waited = np.empty(len(arrivals))
    for number, (arrival, service) in enumerate(zip(arrivals.tolist(), services.tolist(), strict=True)):
        begins = max(arrival, free[0])
        heapq.heapreplace(free, begins + service)
        waited[number] = begins - arrival
    return waited


if __name__ == "__main__":
    main()
