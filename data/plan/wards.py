"""The ward boundaries of a plan: those that it was made with, whatever the area file has by now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from data.place.area import Area
from data.plan.plan import Plan, PlanPlace


def fields_of(area: Area, places: tuple[PlanPlace, ...]) -> Mapping[str, Any]:
    """Give what a plan keeps of the ward layer that it is made with: fields of :class:`data.plan.plan.Plan`."""
    named = {place.ward_code for place in places} & area.ward_names.keys()
    return {
        "ward_layer": area.layer_key,
        "ward_vintage": area.ward_vintage,
        "ward_version": area.wards.version,
        "ward_names": {code: name for code, name in area.ward_names.items() if code in named},
    }


def layer_of(plan: Plan, area: Area) -> Area | None:
    """Give the area with the ward layer of a plan; None where the area file no longer has it.

    Parameters
    ----------
    plan : Plan
        One from before plans kept their layer was made with the first.
    area : Area
    """
    if not plan.ward_version:
        return area.with_layer(area.layers[0].key) if area.layers else area
    same = area.with_version(plan.ward_version)
    keys = {one.key for one in area.layers} or {area.layer_key}
    if (
        same is None
        and plan.ward_layer in keys
        and {*plan.ward_names} <= {*area.with_layer(plan.ward_layer).ward_names}
    ):
        return area.with_layer(plan.ward_layer)  # the same wards, drawn a little otherwise
    return same


def area_of(plan: Plan, area: Area) -> Area:
    """Give the area as a plan is drawn and printed on: with the plan's layer, else with the one that is looked at."""
    return layer_of(plan, area) or area


def ward_of(plan: Plan, place: PlanPlace, area: Area) -> str:
    """Name the ward of a place, as the plan has it; empty where it lies in none."""
    return plan.ward_names.get(place.ward_code, "") or area_of(plan, area).ward_names.get(place.ward_code, "")


def wards_words(plan: Plan, area: Area) -> str:
    """Say which ward boundaries a plan was made with; empty where there are and were no others, and no full stop."""
    found = layer_of(plan, area)
    if found is None:
        return (
            f"Made with ward boundaries that are no longer in the area file ({plan.ward_vintage}): names of wards are "
            "those of the plan, and maps show the boundaries there are now"
        )
    return f"{found.layer_words[:1].upper()}{found.layer_words[1:]}"


def without_wards(plan: Plan, old: Plan) -> Plan:
    """Give a plan the boundaries of an older one that did not keep any, so that only what was planned is compared."""
    if old.ward_version:
        return plan
    return replace(plan, ward_layer="", ward_vintage="", ward_version="", ward_names={})
