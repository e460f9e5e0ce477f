"""Pin with hashes what pyproject.toml asks for, in one list for each purpose; pins that still fit stay: `make lock`."""

import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

FOLDER = Path(__file__).parent
PROJECT = FOLDER.parent / "pyproject.toml"
# Each list leaves out what those before it hold, but training what the checks hold: either goes without the other.
LISTS = {
    "bot": "What the bot needs: make run",
    "encoders": "What other encoders need beside torch: make encoders",
    "gpu": "The registry's build of torch, for GPUs: make encoders, where it finds no CPU build (cpu.txt)",
    "postgresql": "What a store in PostgreSQL needs: make postgresql",
    "checks": "Checks and tests: make check, make test",
    "training": "What trains the bundled model: make train",
}
# torch stands apart, since a CPU build of it needs none of the GPU's libraries.
OF_GPU = re.compile(r"torch$|cuda-|nvidia-|triton$")


def main(options: list[str]) -> None:
    """Write the lists; options go to uv, such as --upgrade or --upgrade-package NAME."""
    with tempfile.TemporaryDirectory() as folder:
        everything = Path(folder) / "everything.txt"
        # uv keeps the versions that the file it is to write already holds.
        everything.write_text("".join((FOLDER / f"{name}.txt").read_text() for name in LISTS))
        resolve("--all-extras", "--generate-hashes", "--output-file", str(everything), *options)
        pins = read_pins(everything.read_text())
        wanted = {
            extra: resolved(everything, "--extra", extra) for extra in ("encoders", "postgresql", "dev", "training")
        }
        bot = resolved(everything)
    gpu = {name for name in pins if OF_GPU.match(name)}
    write("bot", pins, bot)
    write("encoders", pins, wanted["encoders"] - bot - gpu)
    write("gpu", pins, gpu)
    write("postgresql", pins, wanted["postgresql"] - bot)
    write("checks", pins, wanted["dev"] - wanted["encoders"] - wanted["postgresql"])
    write("training", pins, wanted["training"] - wanted["encoders"])


def resolve(*options: str) -> str:
    """Let uv resolve what builds and runs wartabot."""
    build = "\n".join(tomllib.loads(PROJECT.read_text())["build-system"]["requires"])
    command = ["uv", "pip", "compile", str(PROJECT), "-", "--python-version", "3.11", "--python-platform", "linux"]
    quiet = ["--quiet", "--no-header", "--no-annotate"]
    finished = subprocess.run([*command, *quiet, *options], input=build, text=True, stdout=subprocess.PIPE, check=True)
    return finished.stdout


def resolved(everything: Path, *options: str) -> set[str]:
    """The names of what some of it needs, in the versions that all of it needs."""
    return set(read_pins(resolve("--constraints", str(everything), *options)))


def read_pins(text: str) -> dict[str, str]:
    """Each package's line with its hashes, by the package's name."""
    return {pin.partition("==")[0]: pin.strip() for pin in re.split(r"\n(?=[a-z])", text) if "==" in pin}


def write(name: str, pins: dict[str, str], names: set[str]) -> None:
    """Write one of the lists."""
    lines = [pins[package] for package in sorted(names)]
    header = f"# {LISTS[name]}. Made from pyproject.toml by: make lock"
    (FOLDER / f"{name}.txt").write_text("\n".join([header, *lines]) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
