"""Colours of what lies under the map: warm and pale, since the cells are blue and must stay the loudest thing on it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ground:
    """Colours of one theme.

    Attributes
    ----------
    land, outside, water, shore, green, wood : str
        Faces; ``outside`` is land beyond the area, ``shore`` the edge of water and the line of a river.
    fills, edges : tuple of str
        Of roads, by class (:data:`data.streets.open_roads.CLASSES`): the face of a road and its darker edge.
    thin : tuple of str
        Of a road that is too narrow on the screen to have edges.
    rail, rail_dash, path, over : str
        Lines; ``over`` are the edges of roads where a cell lies on them, and let some of it through.
    name, halo, water_name, green_name : str
        Letters along roads and what is round them, and those on water and green.
    plate, on_plate : str
        The plate with the number of a motorway, and what is written on it; other roads' plates have the road's colours.
    """

    land: str
    outside: str
    water: str
    shore: str
    green: str
    wood: str
    fills: tuple[str, ...]
    edges: tuple[str, ...]
    thin: tuple[str, ...]
    rail: str
    rail_dash: str
    path: str
    over: str
    name: str
    halo: str
    water_name: str
    green_name: str
    plate: str
    on_plate: str


LIGHT = Ground(
    land="#F3F1EA",
    outside="#E4E3DE",
    water="#CBE3E0",
    shore="#86B3AE",
    green="#E0EAD0",
    wood="#CFDFBD",
    fills=("#F0B49B", "#F9D9A2", "#FBF0B4", "#FFFFFF", "#FFFFFF", "#FBFBFA", ""),
    edges=("#B0694C", "#BD9755", "#B5A763", "#A09F98", "#B3B2AB", "#C3C2BC", ""),
    thin=("#D98E6F", "#E3B873", "#D6C67C", "#B9B7AF", "#CBC9C1", "#D3D1CA", ""),
    rail="#7B7A78",
    rail_dash="#FFFFFF",
    path="#A08C74",
    over="#FFFFFFB8",
    name="#33312E",
    halo="#FFFFFF",
    water_name="#2F6660",
    green_name="#4A6436",
    plate="#94452A",
    on_plate="#FFFFFF",
)

DARK = Ground(
    land="#20262C",
    outside="#181C20",
    water="#173338",
    shore="#2F5B61",
    green="#24322A",
    wood="#22352A",
    fills=("#8A5A45", "#75603A", "#5E5838", "#49525A", "#3D464E", "#363E45", ""),
    edges=("#140F0C", "#14110B", "#12110A", "#121619", "#14181B", "#161A1E", ""),
    thin=("#8A5A45", "#75603A", "#5E5838", "#49525A", "#39424A", "#323A41", ""),
    rail="#7E8890",
    rail_dash="#20262C",
    path="#6E6556",
    over="#0B0E10A0",
    name="#DDE2E6",
    halo="#14181B",
    water_name="#8FC7C9",
    green_name="#A3C39B",
    plate="#B8775C",
    on_plate="#0B0C0C",
)
