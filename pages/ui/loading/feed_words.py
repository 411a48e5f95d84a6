"""Words about a partner's file as the page says them, where the command line names its options."""

from __future__ import annotations

import re

_OPTIONS = re.compile(r" \(--[^()]*\)")


def on_page(text: str) -> str:
    """Leave out what only the command line needs: brackets that begin with an option.

    Parameters
    ----------
    text : str
        A note, a question or an error of :mod:`data.feed`.

    Examples
    --------
    >>> on_page("Say which days it covers (--from, --to) or ask.")
    'Say which days it covers or ask.'
    """
    return _OPTIONS.sub("", text)


def sentence(text: str) -> str:
    """Begin with a capital, and end with a full stop; nothing else is changed."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""
