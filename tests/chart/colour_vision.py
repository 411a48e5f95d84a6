"""Colours as they are seen: contrast, difference, and with two forms of colour blindness."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# From Machado, Oliveira and Fernandes 2009, A physiologically-based model for simulation of color vision deficiency, in
# IEEE Transactions on Visualization and Computer Graphics 15 number 6: severity 1.0, for linear RGB.
MATRICES = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}
# IEC 61966-2-1, sRGB to XYZ with white D65.
_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = _XYZ.sum(axis=1)


def linear(colour: str) -> NDArray[np.float64]:
    """Linear RGB, each 0 to 1, of a colour written ``#RRGGBB``."""
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def seen(colour: str, vision: str) -> NDArray[np.float64]:
    """Linear RGB as seen with a form of colour vision, a key of ``MATRICES``."""
    return np.clip(MATRICES[vision] @ linear(colour), 0, 1)


def luminance(rgb: NDArray[np.float64]) -> float:
    """Relative luminance (WCAG 2.2)."""
    return float(rgb @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str, vision: str = "normal") -> float:
    """Contrast ratio of two colours (WCAG 2.2)."""
    low, high = sorted((luminance(seen(one, vision)), luminance(seen(other, vision))))
    return (high + 0.05) / (low + 0.05)


def over(colour: str, share: float, ground: str) -> str:
    """Colour that is seen when one is drawn with this opacity over another."""
    parts = [round(share * int(colour[i : i + 2], 16) + (1 - share) * int(ground[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{part:02X}" for part in parts)


def _lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    ratio = _XYZ @ rgb / _WHITE
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def difference(one: str, other: str, vision: str = "normal") -> float:
    """Colour difference (CIE 1976 delta E) as seen with a form of colour vision; about 2.3 is just noticed.

    Misleads for saturated blues, which look more alike than it says.
    """
    return float(np.linalg.norm(_lab(seen(one, vision)) - _lab(seen(other, vision))))
