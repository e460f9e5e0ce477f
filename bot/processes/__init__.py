"""What the processes of one bot share: whose turn a chat is, which process leads, how much may be asked and sent."""

from bot.processes.one import OneProcess
from bot.processes.processes import Allowance, Processes
from bot.processes.several import SeveralProcesses

__all__ = ["Allowance", "OneProcess", "Processes", "SeveralProcesses"]
