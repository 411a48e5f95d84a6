"""Words for what lies under the map and is no road, by layer: the same whatever file they came from."""

from __future__ import annotations

WATER, TIDAL = "water", "tidal"
RIVER, CANAL, STREAM = "river", "canal", "stream"
PARK, PITCH, WOOD, CEMETERY, GOLF = "park", "playing field", "wood", "cemetery", "golf course"
ALLOTMENTS, RESERVE, GRASS = "allotments", "nature reserve", "grass"
RAIL, TRAM = "rail", "tram"
STATION, TRAM_STOP = "station", "tram stop"
CITY, TOWN, SUBURB, VILLAGE = "city", "town", "suburb", "village"
HAMLET, NEIGHBOURHOOD, LOCALITY = "hamlet", "neighbourhood", "locality"

KINDS = {
    "water": (WATER, TIDAL),
    "waterways": (RIVER, CANAL, STREAM),
    "green": (PARK, PITCH, WOOD, CEMETERY, GOLF, ALLOTMENTS, RESERVE, GRASS),
    "railways": (RAIL, TRAM),
    "stations": (STATION, TRAM_STOP),
    "places": (CITY, TOWN, SUBURB, VILLAGE, HAMLET, NEIGHBOURHOOD, LOCALITY),  # the largest first
}
