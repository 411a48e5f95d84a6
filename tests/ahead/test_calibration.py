"""What came over what was said in the busiest cells: range, correction, and that it is left where it does not help."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.ahead.calibration import LAG, TOP, Calibration, calibration
from analysis.common.counts import monthly_by_ward
from analysis.when.seasonality import season_mask
from analysis.where.cells import cell_counts_by_month
from data.kinds.crime_types import ASB, DRUGS
from data.place.area import Area
from data.store.schema import Incidents


def found(real: Incidents, area: Area, category: str) -> Calibration:
    known = real.of(category)
    table = monthly_by_ward(known, area.wards.codes)
    mask = season_mask(pd.PeriodIndex(table.index), area, category)
    return calibration(table, mask, cell_counts_by_month(known, area.grid()))


@pytest.mark.parametrize(("category", "helps"), [(ASB, False), (DRUGS, True)])
def test_a_correction_is_said_only_where_it_lowers_the_bias_later(
    real: Incidents, area: Area, category: str, helps: bool
) -> None:
    one = found(real, area, category)
    table = one.table
    assert one.helps is helps
    assert ("Corrected by the last 18 of them" in one.sentence) == helps
    np.testing.assert_allclose(table["ratio"], table["came"] / table["said"])
    # by hand: the last target knows the 18 that had come by its origin
    origin = table["target"].iloc[-1] - LAG
    before = table[table["target"] <= origin]["ratio"].iloc[-18:]
    assert table["factor"].iloc[-1] == pytest.approx(1 + len(before) / (len(before) + 6) * (before.mean() - 1))
    later = table.iloc[len(table) // 2 :]
    assert one.bias == pytest.approx(np.log(later["ratio"]).mean())
    assert one.corrected == pytest.approx(np.log(later["ratio"] / later["factor"]).mean())
    print(one.sentence, round(one.bias, 3), round(one.corrected, 3))
    few = real.within(pd.Period("2023-01", "M"), pd.Period("2024-02", "M"))
    assert "cannot be said yet" in found(few, area, category).sentence
    assert TOP == 40


def test_the_future_is_not_known(real: Incidents, area: Area) -> None:
    whole, cut = found(real, area, ASB), found(real.up_to(pd.Period("2023-12", "M")), area, ASB)
    pd.testing.assert_frame_equal(whole.table.iloc[: len(cut.table)], cut.table)
    assert len(cut.table) < len(whole.table)
