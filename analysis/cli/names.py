"""The commands of ``python -m analysis``: the same functions as the pages, laid out as tables."""

from __future__ import annotations

from analysis.cli import backtests as commands_backtest
from analysis.cli import digest as commands_digest
from analysis.cli import season as commands_season
from analysis.cli import when as commands_when
from analysis.cli import where as commands_where
from analysis.cli.base import Answer, Command, Question

__all__ = ["COMMANDS", "Answer", "Command", "Question"]

_ORDER = (
    "counts",
    "hotspots",
    "season",
    "forecast",
    "change",
    "concentration",
    "near-repeat",
    "trend",
    "digest",
    "backtest",
)
_ALL = {
    **commands_digest.COMMANDS,
    **commands_when.COMMANDS,
    **commands_season.COMMANDS,
    **commands_where.COMMANDS,
    **commands_backtest.COMMANDS,
}
COMMANDS: dict[str, Command] = {name: _ALL[name] for name in _ORDER}
