"""The commands of ``python -m analysis``: the same functions as the pages, laid out as tables."""

from __future__ import annotations

from analysis import commands_backtest, commands_season, commands_when, commands_where
from analysis.commands_base import Answer, Command, Question

__all__ = ["COMMANDS", "Answer", "Command", "Question"]

_ORDER = ("counts", "hotspots", "season", "forecast", "change", "concentration", "near-repeat", "trend", "backtest")
_ALL = {**commands_when.COMMANDS, **commands_season.COMMANDS, **commands_where.COMMANDS, **commands_backtest.COMMANDS}
COMMANDS: dict[str, Command] = {name: _ALL[name] for name in _ORDER}
