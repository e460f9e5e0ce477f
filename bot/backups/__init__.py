"""One file that holds all that cannot be made again: taken while the bot runs, and put back once it is verified."""

from bot.backups.manifest import Manifest
from bot.backups.restoring import restore
from bot.backups.taking import back_up

__all__ = ["Manifest", "back_up", "restore"]
