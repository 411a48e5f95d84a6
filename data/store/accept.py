"""A person takes a month for whole although its counts speak against it, or takes that back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from data.access.actor import MACHINE, Actor
from data.access.acts import acting, allow
from data.place.area import Area
from data.store.accepted import ACCEPTED, Acceptance, read_accepted, standing, to_json
from data.store.doubts import doubts_of
from data.store.manifest import AGAIN, Layer, Manifest, Unit, read_manifest
from data.store.same_area import check_layer
from data.store.schema import POLICE_UK
from data.store.store import importing, write_json
from data.store.sums import Damage, store_damage
from geo.errors import InputError

MOST_NAME = 100  # characters of a name or role


def accept(
    store: Path,
    area: Area,
    force: str,
    month: str,
    by: str = "",
    *,
    whole: bool = True,
    now: datetime | None = None,
    actor: Actor = MACHINE,
) -> Acceptance:
    """Keep that a month in doubt is whole.

    Parameters
    ----------
    store : Path
    area : Area
    force : str
        As files name it.
    month : str
        YYYY-MM.
    by : str
        A name or a role, as the person gives it.
    whole : bool
        False takes back an acceptance; the month is then judged by its counts again.
    now : datetime, optional
        By default the clock's.
    actor : Actor
        Who does it.

    Returns
    -------
    Acceptance
        It holds until another file of this month is imported: that one is judged anew.

    Raises
    ------
    NotAllowedError
        The actor may not accept.
    InputError
        The month is not there, not in doubt, its stored file is damaged, or nobody accepted what is to be taken back;
        an import is running; the store cannot be written.
    """
    act = "accept" if whole else "withdraw"
    allow(actor, act)
    if read_manifest(store) is None:
        raise _not_there(store, force, month)
    at = (now or datetime.now(UTC)).replace(microsecond=0).isoformat()
    with importing(store):
        manifest = read_manifest(store) or Manifest(Layer.of(area))
        check_layer(manifest, area, store)
        said = read_accepted(store)
        unit = manifest.units.get(f"{POLICE_UK}/{force}/{month}")
        if unit is None:
            raise _not_there(store, force, month)
        damage = store_damage(store, manifest)
        _check(manifest, area, said, unit, damage, whole=whole)
        one = Acceptance(force, month, unit.file, unit.rows_read, " ".join(by.split())[:MOST_NAME], at, whole)
        with acting(store, actor, act, f"{force} {month}"):
            write_json(store, ACCEPTED, to_json([*said, one]))
    return one


def _not_there(store: Path, force: str, month: str) -> InputError:
    return InputError(
        "this month of this force is not in the store",
        file=str(store),
        value=f"{force} {month}",
        hint="Months are written YYYY-MM, forces as in file names; python -m data status lists what is there.",
    )


def _check(
    manifest: Manifest, area: Area, said: tuple[Acceptance, ...], unit: Unit, damage: Damage, *, whole: bool
) -> None:
    if whole and unit.key in damage.units:
        raise InputError(
            f"what is stored of {unit.force} {unit.month} is damaged", hint=f"Nobody can accept that. {AGAIN}"
        )
    holds = {(one.force, one.month, one.file) for one in standing(said)}
    if whole and (unit.force, unit.month, unit.file) in holds:
        raise InputError(f"{unit.force} {unit.month} is accepted already", hint="There is nothing to do.")
    if whole and (unit.force, unit.month) not in {(one.force, one.month) for one in doubts_of(manifest, area, said)}:
        raise InputError(
            f"{unit.force} {unit.month} is not in doubt",
            hint="Nothing need be accepted: python -m data status lists the months in doubt.",
        )
    if not whole and (unit.force, unit.month, unit.file) not in holds:
        raise InputError(f"{unit.force} {unit.month} was not accepted", hint="There is nothing to take back.")
