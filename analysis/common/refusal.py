"""The one way an analysis says that the data cannot carry an answer."""

from __future__ import annotations


class Refusal(ValueError):  # noqa: N818  not an error: an answer
    """What cannot be answered from these data, and what would have to be there.

    A refusal is shown on the page in place of a figure; it is not a fault in the input, which is
    :class:`geo.errors.InputError`.

    Parameters
    ----------
    reason : str
        Why there is no answer, as a sentence; a full stop is added where it is missing.
    remedy : str, optional
        What a person can do about it, as a sentence.
    """

    def __init__(self, reason: str, remedy: str = "") -> None:
        self.reason = _sentence(reason)
        self.remedy = _sentence(remedy)
        super().__init__(self.reason, self.remedy)

    def __str__(self) -> str:
        """Give exactly what the page shows."""
        return f"{self.reason} {self.remedy}".strip()


def _sentence(text: str) -> str:
    text = text.strip()
    return text if not text or text[-1] in ".?!" else text + "."
