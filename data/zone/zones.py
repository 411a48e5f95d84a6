"""Saved zones: every revision is kept, and nobody saves over another's work."""

from __future__ import annotations

from dataclasses import replace

from data.plan.kept import Keeper, Told
from data.plan.saved import clean_line, clean_lines
from data.zone.zone import Zone, checked, zone_from_json


def _clean(zone: Zone) -> Zone:
    name, role, notes = clean_line(zone.name), clean_line(zone.role), clean_lines(zone.notes)
    return checked(replace(zone, name=name, role=role, notes=notes))


ZONES: Keeper[Zone] = Keeper("zone", _clean, Zone.to_json, zone_from_json, lambda zone: Told(zone.name, zone.simulated))
