"""How many machines a peak needs: the simulated queue against what theory knows."""

import math

import numpy as np
import pytest

from embeddings.evaluation.capacity import Machine, fewest_machines, lognormal, waits

QUESTIONS = 200_000
ALONE = Machine(workers=1, together=1.0)


def simulated(rate: float, services: np.ndarray, workers: int) -> float:
    arrivals = np.cumsum(np.random.default_rng(1).exponential(1 / rate, len(services)))
    return float(waits(arrivals, services, workers).mean())


def test_one_worker_with_exponential_times_lets_people_wait_as_long_as_the_formula_says() -> None:
    services = np.random.default_rng(2).exponential(0.1, QUESTIONS)
    # M/M/1: rho / (mu - lambda).
    assert simulated(7, services, 1) == pytest.approx(0.7 / (10 - 7), rel=0.05)


def test_one_worker_whose_questions_take_the_same_time_lets_people_wait_half_as_long() -> None:
    # M/D/1 (Pollaczek and Khinchine): rho / (2 mu (1 - rho)).
    assert simulated(7, np.full(QUESTIONS, 0.1), 1) == pytest.approx(0.7 / (2 * 10 * 0.3), rel=0.05)


def test_four_workers_let_people_wait_as_erlang_says() -> None:
    services = np.random.default_rng(2).exponential(0.1, QUESTIONS)
    offered, workers = 3.2, 4
    last = offered**workers / math.factorial(workers) * workers / (workers - offered)
    erlang_c = last / (sum(offered**k / math.factorial(k) for k in range(workers)) + last)
    assert simulated(32, services, workers) == pytest.approx(erlang_c / (workers * 10 - 32), rel=0.05)


def test_drawn_times_have_the_median_and_the_percentile_that_were_measured() -> None:
    drawn = lognormal(0.12, 0.2)(np.random.default_rng(3), QUESTIONS)
    assert np.percentile(drawn, [50, 95]) == pytest.approx([0.12, 0.2], rel=0.01)


def test_the_fewest_machines_keep_the_promise_and_one_fewer_would_not() -> None:
    takes = lognormal(0.12, 0.2)
    plan = fewest_machines(30, takes, ALONE, promise=0.5)
    assert plan.p95 <= 0.5 and 0 < plan.busy < 1
    chance = np.random.default_rng(20261127)
    arrivals = np.cumsum(chance.exponential(1 / 30, 50_000))
    services = takes(chance, 50_000)
    # One of the plan's machines may be out; with two out, it is broken.
    assert np.percentile(waits(arrivals, services, plan.machines - 2) + services, 95) > 0.5


def test_workers_that_slow_each_other_down_need_more_machines_than_such_that_do_not() -> None:
    takes = lognormal(0.12, 0.2)
    slow = fewest_machines(50, takes, Machine(2, 1.2), promise=1.0)
    fast = fewest_machines(50, takes, Machine(2, 2.0), promise=1.0)
    assert slow.machines > fast.machines


def test_a_question_that_takes_longer_than_was_promised_is_said_to_be_beyond_help() -> None:
    with pytest.raises(ValueError, match="no number of machines helps"):
        fewest_machines(1, lognormal(2.0, 3.0), ALONE, promise=1.0)


def test_times_that_cannot_be_are_refused_by_value() -> None:
    with pytest.raises(ValueError, match="--p50 200 and --p95 120"):
        lognormal(0.2, 0.12)
