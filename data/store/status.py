"""What a store is based on: coverage, gaps, revisions, rejected rows, and what is missing from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from data.place.area import Area
from data.store.accepted import Acceptance, read_accepted, standing, with_accepted
from data.store.checks import Rejected
from data.store.counted import counted_units
from data.store.doubts import all_doubts, doubt_lines, judgements, limits_lines, span_words, with_damaged
from data.store.fetched import NOT_PUBLISHED, WHY, Fetching, fetching_lines, read_fetching
from data.store.force_counts import uncounted_lines, uncounted_months
from data.store.manifest import Layer, Manifest, Revision, Unit, read_manifest
from data.store.origins import Origins, store_origins
from data.store.same_area import ImportLayer, import_layer
from data.store.schema import BY_OUTLINE, POLICE_UK
from data.store.store import EMPTY
from data.store.sums import settled, with_damage
from data.store.unit_table import FAULTS, damaged, lacking
from data.store.whole import Doubt, Judgement

COVERAGE = (
    "source",
    "force",
    "month",
    "rows_read",
    "loaded",
    "in_area",
    "buffer",
    "rejected",
    "outside",
    "joined",
    "release",
    "file",
    "imported_at",
)
FEED_COVERAGE = (
    "feed",
    "month",
    "first",
    "last",
    "whole",
    "rows_read",
    "loaded",
    "in_area",
    "buffer",
    "rejected",
    "outside",
    "joined",
    "extra",
    "file",
    "imported_at",
)
REJECTED_COLUMNS = Rejected._fields


@dataclass(frozen=True, eq=False)
class Status:
    """State of a store.

    Attributes
    ----------
    version : str
        As :func:`data.store.store.store_version`.
    coverage : DataFrame
        One row a unit of published files, ordered by source, force and month: counts of rows, and the file that it is
        made from. ``month``
        is text (YYYY-MM). Rows that were rejected for want of a month or force belong to no unit and are only in
        ``rejected``.
    gaps : tuple of (force, month)
        Months between the first and the last of a force that are not there.
    ward_layer : ImportLayer
    rejected : DataFrame
        reason, rows; the most frequent first.
    revisions : DataFrame
        One row a replaced unit with the fields of :class:`data.store.manifest.Revision`, oldest first.
    feeds : DataFrame
        The same of dated feeds, apart from published files: they count some of the same incidents. ``first`` and
        ``last`` are the days that are covered, ``whole`` says whether they are the whole month.
    missing_forces : mapping of str to tuple of str
        ``"area"``: forces of which nothing is loaded, so that no month counts; ``"buffer"``: forces that cover part of
        the buffer only, so that hotspots at that edge look colder than they are.
    in_doubt : tuple of Doubt
        Months that are left out because their counts say that they are not whole, or because their stored file is
        missing or damaged, by month and force; of a dated feed its name stands for the force.
    accepted : tuple of Acceptance
        Months that a person took for whole, of the files that are loaded.
    judged : mapping of str to Judgement
        By force: also what could not be judged.
    months : tuple of str
        YYYY-MM that count, ascending.
    not_published : tuple of (force, month)
        Months that forces of the area or buffer never published, as the publisher's archives tell. They are missing all
        the same; those between the first and the last of a force are among ``gaps``.
    fetching : Fetching
        What was known of the publisher at the last look.
    origins : Origins
        Months of older archives, and by outline.
    uncounted : tuple of (force, month)
        Months without counts of the whole force, which were loaded before there were any, or whose file is damaged.
    """

    version: str
    coverage: pd.DataFrame = field(repr=False)
    gaps: tuple[tuple[str, str], ...]
    ward_layer: ImportLayer
    rejected: pd.DataFrame = field(repr=False)
    revisions: pd.DataFrame = field(repr=False)
    missing_forces: Mapping[str, tuple[str, ...]]
    feeds: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    in_doubt: tuple[Doubt, ...] = ()
    accepted: tuple[Acceptance, ...] = ()
    judged: Mapping[str, Judgement] = field(default_factory=dict, repr=False)
    months: tuple[str, ...] = ()
    not_published: tuple[tuple[str, str], ...] = ()
    fetching: Fetching = field(default_factory=Fetching, repr=False)
    origins: Origins = field(default_factory=Origins, repr=False)
    uncounted: tuple[tuple[str, str], ...] = ()

    @property
    def by_outline(self) -> tuple[str, ...]:
        """Months (YYYY-MM) that are there by outline until the archive has them, ascending."""
        return tuple(str(month) for month in self.coverage.loc[self.coverage["force"] == BY_OUTLINE, "month"])

    @property
    def large_revisions(self) -> tuple[Revision, ...]:
        """Revisions that changed the number of rows of a month by 5 % or more, oldest first."""
        return tuple(one for row in _records(self.revisions) if (one := Revision(**row)).large)

    def to_json(self) -> dict[str, Any]:
        """Plain values, for ``--json``."""
        return {
            "version": self.version,
            "months": _records(self.coverage),
            "feeds": _records(self.feeds),
            "gaps": [{"force": force, "month": month} for force, month in self.gaps],
            "ward_layer": asdict(self.ward_layer),
            "rejected": {str(row["reason"]): int(row["rows"]) for row in _records(self.rejected)},
            "revisions": _records(self.revisions),
            "in_doubt": [asdict(doubt) for doubt in self.in_doubt],
            "accepted": [asdict(one) for one in self.accepted],
            "not_judged": {
                force: {"months": list(one.unjudged), "total_only": list(one.total_only), "rare": dict(one.rare)}
                for force, one in self.judged.items()
            },
            "large_revisions": [asdict(one) for one in self.large_revisions],
            "missing_forces": {key: list(forces) for key, forces in self.missing_forces.items()},
            "newest_month": max(self.months, default=""),
            "by_outline": list(self.by_outline),
            "not_published": [{"force": force, "month": month} for force, month in self.not_published],
            "fetched": self.fetching.to_json(),
            "uncounted": [{"force": force, "month": month} for force, month in self.uncounted],
            "older_archives_used": sorted(set(self.origins.older.values())),
        }

    def lines(self) -> list[str]:
        """Tell a person."""
        lines = self.ward_layer.lines()
        if self.coverage.empty:
            lines.append("The store is empty." if self.feeds.empty else "No published file is loaded.")
        for (source, force), part in self.coverage.groupby(["source", "force"], sort=True):
            name = "by outline, until the archive has them" if force == BY_OUTLINE else force
            lines.append(
                f"{source}, {name}: {len(part)} month{'' if len(part) == 1 else 's'} from "
                f"{part['month'].iloc[0]} to {part['month'].iloc[-1]}; "
                f"{part['rows_read'].sum():,} rows read, {part['in_area'].sum():,} in the area, "
                f"{part['buffer'].sum():,} in the buffer, {part['outside'].sum():,} outside, "
                f"{part['rejected'].sum():,} rejected{_joined(part)}."
            )
            silent = [month for gap, month in self.not_published if gap == force]
            missing = [month for gap, month in self.gaps if gap == force and month not in silent]
            if silent:
                lines.append(f"  {NOT_PUBLISHED} ({WHY}): {span_words(silent)}")
            if missing:
                lines.append("  missing between them: " + ", ".join(missing))
            lines += limits_lines(self.judged.get(str(force), Judgement()))
        lines += doubt_lines(self.in_doubt)
        lines += accepted_lines(self.accepted)
        lines += [large_words(one) for one in self.large_revisions]
        lines += self._feed_lines()
        for kind, forces in self.missing_forces.items():
            lines += [
                f"{force}: {NOT_PUBLISHED} ({WHY}): {span_words(silent)}"
                for force in forces
                if (silent := [month for gap, month in self.not_published if gap == force])
            ]
            if forces:
                lines.append(f"Not loaded ({kind}): {', '.join(forces)}.")
        lines += uncounted_lines(self.uncounted)
        lines += fetching_lines(self.fetching)
        lines += [self.origins.sentence] if self.origins.sentence else []
        lines += [f"Rejected, {row['reason']}: {row['rows']:,}" for row in _records(self.rejected)]
        return lines + [Revision(**row).sentence for row in _records(self.revisions)]

    def _feed_lines(self) -> list[str]:
        lines = []
        for feed, part in self.feeds.groupby("feed", sort=True) if len(self.feeds) else ():
            lines.append(
                f"Dated feed {feed}: {part['first'].min()} to {part['last'].max()}, {int(part['whole'].sum())} whole "
                f"months; {part['rows_read'].sum():,} rows read, {part['in_area'].sum():,} in the area, "
                f"{part['buffer'].sum():,} in the buffer, {part['outside'].sum():,} outside, "
                f"{part['rejected'].sum():,} rejected. Never added to published files."
            )
            if not part["whole"].all():
                lines.append("  not used until every day is covered: " + ", ".join(part.loc[~part["whole"], "month"]))
        return lines


def _joined(part: pd.DataFrame) -> str:
    joined = int(part["joined"].sum())
    return f", {joined:,} joined to another row of the same incident" if joined else ""


def accepted_lines(accepted: Sequence[Acceptance]) -> list[str]:
    """Tell which months a person took for whole: who and when."""
    return [
        f"Accepted as whole: {one.force} {one.month}, {one.rows:,} rows, by {one.by or 'somebody'} on "
        f"{one.accepted_at[:10]}."
        for one in accepted
    ]


def large_words(one: Revision) -> str:
    """Tell of a revision that changed a month by 5 % or more."""
    change = f"{one.after / one.before - 1:+.0%}" if one.before else "there were none"
    return (
        f"Revised by 5 % or more: {one.force} {one.month}, {one.before:,} rows in area and buffer became "
        f"{one.after:,} ({change}), imported on {one.imported_at[:10]}."
    )


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = frame.astype(object).to_dict("records")  # type: ignore[assignment]
    return rows


def store_status(store: Path, area: Area) -> Status:
    """Describe a store; it may be empty, or made for another ward layer.

    Parameters
    ----------
    store : Path
    area : Area

    Returns
    -------
    Status

    Raises
    ------
    InputError
        The manifest, the list of accepted months or that of what was fetched cannot be read.
    """
    found, damage = settled(store)
    manifest = found or Manifest(Layer.of(area))
    units = sorted(manifest.units.values(), key=lambda unit: unit.key)
    published = [unit for unit in units if unit.source == POLICE_UK]
    dated = [unit for unit in units if unit.source != POLICE_UK]
    reasons: dict[str, int] = {}
    for file in manifest.files.values():
        for reason, n in file.rejected_by_reason.items():
            reasons[reason] = reasons.get(reason, 0) + n
    by_frequency = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    loaded = {unit.force for unit in published}
    # a month by outline has every force; those of the buffer are missed where months are there by force
    outlined, by_force = BY_OUTLINE in loaded, bool(loaded - {BY_OUTLINE})
    fetching = read_fetching(store)
    said = read_accepted(store)
    judged = judgements(manifest, area, said)
    files = {(unit.force, unit.month, unit.file) for unit in published}
    return Status(
        version=with_damage(with_accepted(manifest.version, said), damage.files) if units else EMPTY,
        coverage=pd.DataFrame([_row(unit, manifest) for unit in published], columns=list(COVERAGE)),
        gaps=_gaps(manifest),
        ward_layer=import_layer(manifest, area, store),
        rejected=pd.DataFrame(by_frequency, columns=["reason", "rows"]),
        revisions=pd.DataFrame(
            [asdict(revision) for revision in manifest.revisions], columns=list(Revision.__dataclass_fields__)
        ),
        missing_forces={
            "area": tuple(force for force in area.forces if not (force in loaded or outlined)),
            "buffer": tuple(
                force for force in area.buffer_forces if force not in loaded and (by_force or not outlined)
            ),
        },
        feeds=pd.DataFrame([_row(unit, manifest) for unit in dated], columns=list(FEED_COVERAGE)),
        in_doubt=with_damaged(all_doubts(judged), manifest, damage.units),
        accepted=tuple(one for one in standing(said) if (one.force, one.month, one.file) in files),
        judged=judged,
        months=counted_units(manifest, area, said, damaged=damage.units)[0],
        not_published=tuple(
            (force, month)
            for force, month in fetching.not_published
            if force in (*area.forces, *area.buffer_forces) and not manifest.has(month, [force])
        ),
        fetching=fetching,
        origins=store_origins(store, area),
        uncounted=uncounted_months(manifest, damage.counts - damage.units),
    )


def _row(unit: Unit, manifest: Manifest) -> dict[str, Any]:
    file = manifest.files[unit.file]
    return {
        "source": unit.source,
        "feed": unit.source,
        "force": unit.force,
        "month": unit.month,
        "first": unit.first,
        "last": unit.last,
        "whole": unit.whole,
        "rows_read": unit.rows_read,
        "loaded": unit.rows,
        "in_area": unit.in_area,
        "buffer": unit.rows - unit.in_area,
        "rejected": unit.rejected,
        "outside": unit.outside,
        "joined": unit.joined,
        "extra": unit.extra,
        "release": file.release,
        "file": file.name,
        "imported_at": file.imported_at,
    }


def _gaps(manifest: Manifest) -> tuple[tuple[str, str], ...]:
    months: dict[tuple[str, str], set[str]] = {}
    for unit in manifest.units.values():
        if unit.source != POLICE_UK or unit.by_outline:  # a feed has no force, and its months are its own
            continue
        months.setdefault((unit.source, unit.force), set()).add(unit.month)
    gaps = []
    for (_, force), there in sorted(months.items()):
        every = pd.period_range(min(there), max(there), freq="M")
        gaps += [(force, str(month)) for month in every if str(month) not in there]
    return tuple(gaps)


def rejected_rows(store: Path) -> pd.DataFrame:
    """Every row that could not be used, of the files from which the store is made.

    Parameters
    ----------
    store : Path

    Returns
    -------
    DataFrame
        file, row (line of the file, the header is line 1), column, value, reason, advice, original. The text is as
        hostile as the file it came from.

    Raises
    ------
    InputError
        A file of the store is missing or damaged.
    """
    manifest = read_manifest(store)
    parts = []
    for file in manifest.files.values() if manifest else ():
        if file.rejected_path:
            try:
                table = pq.ParquetFile(store / file.rejected_path).read()
                if why := lacking(table, ("file", "row")):
                    raise damaged(store, file.rejected_path, why)
                parts.append(table.to_pandas())
            except FAULTS as error:
                raise damaged(store, file.rejected_path, error) from error
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype="int64" if name == "row" else "str") for name in REJECTED_COLUMNS})
    rows: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return rows.sort_values(["file", "row"], ignore_index=True)
