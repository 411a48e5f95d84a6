"""Does a season reach all wards alike: each ward against the rest of the area, shrunk towards what they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.common.counts import monthly_by_ward
from analysis.common.method import MONTH_NAMES, Method, period_words
from analysis.common.rates import WHO_REPORTS
from analysis.common.refusal import Refusal
from analysis.common.significance import benjamini_hochberg
from analysis.common.tails import t_above, t_quantile
from analysis.when.season_design import (
    SEASONS,
    YEAR_STARTS,
    check_history,
    check_seasons,
    lay_out,
    no_season,
    of_season,
    short_name,
    usable_months,
)
from analysis.when.seasonality import LEAST_HISTORY, SOUND_HISTORY, season_mask
from analysis.when.shape import prepare
from analysis.when.ward_logs import LEAST_INCIDENTS, WardLogs, heterogeneity, shrink, ward_logs
from analysis.where.change import one_ward_layer
from data.place.area import Area, Season
from data.store.schema import Incidents

WARD_SEASONS: tuple[Season, ...] = SEASONS[:3]  # a December is too quiet to split by ward: it joins the reference
LEVEL = 0.05
LEAST_WARDS = 3
_ALIKE = 0.02


@dataclass(frozen=True, eq=False)
class WardSeason:
    """One season by ward. A ratio is the ward's season over that of the rest of the area: 1 = like the rest.

    Attributes
    ----------
    season : Season
    wards : DataFrame
        By ward code in the order of the ward layer, never by size: ``name``, ``count`` (in the season), ``ratio``,
        ``low``, ``high``, ``phi``, ``p``, ``q`` (of the ward on its own), ``shrunk``, ``shrunk_low``,
        ``shrunk_high`` (what is shown). NaN where a ward has too few incidents.
    mean : float
        Shared ratio that wards are shrunk towards.
    tau : float
        Standard deviation of the wards' true log ratios (DerSimonian and Laird); 0 where nothing shows that they
        differ.
    heterogeneity : float
        Cochran's Q.
    p : float
        Of "do wards differ at all", with Q/k read against F: holds on placebo months.
    p_chi_square : float
        The usual reading of Q, which does not hold on placebo months.
    named : tuple of str
        Codes of wards that pass on their own after correction; as a rule none.
    sentence : str
    """

    season: Season
    wards: pd.DataFrame
    mean: float
    tau: float
    heterogeneity: float
    p: float
    p_chi_square: float
    named: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, eq=False)
class WardSeasons:
    """All seasons by ward, from one regression a ward.

    Attributes
    ----------
    seasons : tuple of WardSeason
    refused : tuple of (Season, str)
    reliable : bool
        At least 24 months of history.
    level : float
        False discovery rate; 1 - level of each interval.
    method : Method
    """

    seasons: tuple[WardSeason, ...]
    refused: tuple[tuple[Season, str], ...]
    reliable: bool
    level: float
    method: Method = field(repr=False)

    def season(self, key: str) -> WardSeason:
        """One season.

        Raises
        ------
        Refusal
            It cannot be had.
        InputError
            It was not asked for.
        """
        return of_season(key, self.seasons, self.refused)


def area_ward_seasons(
    incidents: Incidents,
    area: Area,
    category: str | None = None,
    seasons: Sequence[Season] = WARD_SEASONS,
    *,
    level: float = LEVEL,
) -> WardSeasons:
    """Compare every ward's seasons with those of the rest of the area, its lockdown left out where it says so.

    Parameters
    ----------
    incidents : Incidents
        Of the crime type, nothing later than the as-at month.
    area : Area
    category : str, optional
        The crime type; None for all.
    seasons : sequence of Season
    level : float

    Returns
    -------
    WardSeasons

    Raises
    ------
    Refusal
        As :func:`ward_seasons`; incidents that were assigned to another ward layer.
    InputError
        As :func:`ward_seasons`.

    Notes
    -----
    When it misleads: as :func:`ward_seasons`.

    References
    ----------
    As :func:`ward_seasons`.
    """
    one_ward_layer(incidents, area)
    table = monthly_by_ward(incidents, area.wards.codes)
    mask = season_mask(pd.PeriodIndex(table.index), area, category)
    return ward_seasons(
        table,
        mask,
        seasons,
        names=area.ward_names,
        name=short_name(category),
        whole=area.kind,
        level=level,
        data_version=incidents.version,
    )


def ward_seasons(
    table: pd.DataFrame,
    mask: ArrayLike | None = None,
    seasons: Sequence[Season] = WARD_SEASONS,
    *,
    names: dict[str, str] | None = None,
    name: str = "Recorded incidents",
    whole: str = "area",
    level: float = LEVEL,
    year_starts: int = YEAR_STARTS,
    data_version: str = "",
) -> WardSeasons:
    """Compare every ward's seasons with those of the rest.

    Parameters
    ----------
    table : DataFrame of float
        Counts by month (PeriodIndex) and ward code, NaN where a month is missing (:func:`counts.monthly_by_ward`).
    mask : array_like of bool, optional
        Months to leave out, in the order of the table.
    seasons : sequence of Season
        Calendar months each, none in two; all others are the reference.
    names : dict of str to str, optional
        Ward names by code.
    name, whole : str
        What the sentences speak of, and of what the wards are parts.
    level : float
    year_starts : int
        As :func:`analysis.when.season_effect.season_effects`.
    data_version : str

    Returns
    -------
    WardSeasons

    Raises
    ------
    Refusal
        Under 12 months of history, fewer than three wards with 50 incidents, or no season that can be told.
    InputError
        As :func:`analysis.when.season_effect.season_effects`.

    Notes
    -----
    One binomial regression a ward: (ward, rest) on year and season, phi = max(1, Pearson/df), t with df,
    Benjamini-Hochberg over the wards per season. Cochran's Q over the log ratios with weights 1/(error^2 phi);
    DerSimonian-Laird shrinkage. Q against chi-square rejects in 9 to 17 % of placebo months, because the wards' shares
    sum to one (deviations are larger by k/(k - 1)) and because phi is estimated; Q/k against F(k - 1, df) rejects in 4
    to 6 % and is what is read.

    It misleads as a ranking of wards: single ratios are mostly chance, and between years they do not repeat. Show the
    shrunken ones with their range, in the order of the ward layer.

    References
    ----------
    Cochran, W. G. (1954). Biometrics 10, 101-129; DerSimonian, R. and Laird, N. (1986). Controlled Clinical Trials 7,
    177-188.
    """
    check_seasons(seasons)
    whole_area = prepare(table.sum(axis=1, min_count=table.shape[1]), mask)
    what = "seasonal effect by ward"
    check_history(whole_area, LEAST_HISTORY, what)
    usable = usable_months(whole_area, seasons, year_starts, what)
    kept, refused = usable.kept, usable.refused
    months = whole_area.months[usable.rows]
    y = table.reindex(months).to_numpy(dtype=float)
    design = lay_out(months, [s.months for s in kept], year_starts)
    if len(y) <= design.x.shape[1]:
        raise no_season(what)
    logs = ward_logs(y, design.x, len(kept))
    if int((~np.isnan(logs.phi)).sum()) < LEAST_WARDS:
        raise Refusal(
            f"There is no seasonal effect by ward: fewer than {LEAST_WARDS} wards have the {LEAST_INCIDENTS} "
            "incidents, some of them in every season, that it needs",
            "Choose a wider selection or load more months",
        )
    codes = [str(code) for code in table.columns]
    label = names or {code: code for code in codes}
    reliable = whole_area.history >= SOUND_HISTORY
    found = []
    for i, season in enumerate(kept):
        own = np.isin(np.asarray(months.month), season.months)
        rows = pd.DataFrame(
            {"name": [label.get(c, c) for c in codes], "count": y[own].sum(axis=0).astype(np.int64)},
            index=pd.Index(codes, name="ward_code"),
        )
        found.append(_season(season, rows, logs, i, level, name, whole, reliable=reliable))
    usual = sorted({int(m) for m in months.month} - {m for s in seasons for m in s.months})
    phis = logs.phi[~np.isnan(logs.phi)]
    return WardSeasons(
        seasons=tuple(found),
        refused=tuple(refused),
        reliable=reliable,
        level=level,
        method=Method(
            name="binomial regression of each ward against the rest, shrunk towards their mean",
            parameters={
                "wards": f"{len(phis)} of {len(codes)}",
                "reference": ", ".join(MONTH_NAMES[m - 1] for m in usual),
                "years from": MONTH_NAMES[year_starts - 1],
                "phi": f"{phis.min():.2f} to {phis.max():.2f}",
                "test": f"t with {logs.df} df",
                "shrinkage": "DerSimonian-Laird",
                "interval": f"{100 * (1 - level):g} %",
            },
            n=round(float(y.sum())),
            correction=f"Benjamini-Hochberg over wards at {100 * level:g} %, per season",
            data_version=data_version,
            period=period_words(months[0], months[-1]),
            caveats=(
                *(() if reliable else (f"Unreliable: {whole_area.history} months of history.",)),
                WHO_REPORTS,
                "Not a ranking: differences between single wards are mostly chance.",
            ),
            source_refs=("Cochran 1954", "DerSimonian and Laird 1986"),
        ),
    )


def _season(
    season: Season,
    rows: pd.DataFrame,
    logs: WardLogs,
    column: int,
    level: float,
    name: str,
    whole: str,
    *,
    reliable: bool,
) -> WardSeason:
    b, error = logs.log_ratio[:, column], logs.error[:, column] * np.sqrt(logs.phi)
    known = ~np.isnan(b)
    t = float(t_quantile(1 - level / 2, logs.df))
    p, q = np.full(len(b), np.nan), np.full(len(b), np.nan)
    p[known] = 2 * t_above(np.abs(b[known]) / error[known], logs.df)
    q[known] = benjamini_hochberg(p[known])
    spread = heterogeneity(b[known], error[known], logs.df)
    shrunk, shrunk_error = np.full(len(b), np.nan), np.full(len(b), np.nan)
    shrunk[known], shrunk_error[known] = shrink(b[known], error[known], spread)
    wards = rows.assign(
        ratio=np.exp(b),
        low=np.exp(b - t * error),
        high=np.exp(b + t * error),
        phi=logs.phi,
        p=p,
        q=q,
        shrunk=np.exp(shrunk),
        shrunk_low=np.exp(shrunk - t * shrunk_error),
        shrunk_high=np.exp(shrunk + t * shrunk_error),
    )
    named = tuple(str(code) for code in wards.index[(wards["q"] <= level).to_numpy()])
    text = _sentence(season, wards, named, spread.p, level, name, whole)
    return WardSeason(
        season=season,
        wards=wards,
        mean=float(np.exp(spread.mean)),
        tau=float(np.sqrt(spread.tau2)),
        heterogeneity=spread.q,
        p=spread.p,
        p_chi_square=spread.p_chi_square,
        named=named,
        sentence=text if reliable else f"Unreliable, for want of years: {text}",
    )


def _sentence(
    season: Season, wards: pd.DataFrame, named: Sequence[str], p: float, level: float, name: str, whole: str
) -> str:
    months = " and ".join(MONTH_NAMES[m - 1] for m in season.months)
    low, high = float(wards["shrunk"].min()), float(wards["shrunk"].max())
    between = f"wards run at {low:.2f} to {high:.2f} times the rest of the {whole}"
    if high - low < _ALIKE:
        between = f"all run at {low:.2f} times the rest of the {whole}"
    if named:
        which = ", ".join(str(wards.loc[code, "name"]) for code in named)
        return f"{name} in {months} goes its own way in {which}; {between}."
    if p <= level:
        return f"{name} in {months}: wards differ by more than chance, but no single ward can be named; {between}."
    return f"{name} in {months}: no ward can be told from the others; {between}."


__all__ = [
    "WARD_SEASONS",
    "WardSeason",
    "WardSeasons",
    "area_ward_seasons",
    "ward_seasons",
]
