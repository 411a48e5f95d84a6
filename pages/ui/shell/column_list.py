"""What each column of a table on screen is called, what it counts in, and what it means."""

from __future__ import annotations

from pages.ui.shell.column import HIGH, LOW, PER_1000, PERCENT, ROWS, SHARE, TIMES, Column

_ALONE = "How often as much or more would come by chance alone: 0.05 is 5 times in 100. The p value."
_TRIED = "How often by chance alone, once it is allowed for how many were tried. The q value, or false discovery rate."
_LEANS = "Incidents for every 1,000 residents, leaning on the area's rate where its own count is small."
_AGAINST = "Above (▲) or below (▼) the area's rate by more than chance and year-to-year change."
_SIMILAR = "Between what levels 95 of 100 lie where nothing but chance is at work."

COLUMNS: dict[str, Column] = {
    # where
    "number": Column("#", "Number on the map; the first has the most expected incidents.", ""),
    "rank": Column("#", "Rank by expected incidents. Empty: too few incidents by itself to be ranked.", ""),
    "place": Column("Place", "Neighbouring cells together, named after their busiest street."),
    "ward": Column("Ward", "The ward that it lies in."),
    "ward_name": Column("Ward", "Incidents count to the ward that their map point lies in."),
    "cell": Column("Cell", "A square of the map, by the grid reference of its south-west corner."),
    "grid_reference": Column("Grid ref", "National Grid reference of its middle, good to 100 m."),
    "location": Column("On or near", "The published name of the map point that incidents were moved to."),
    "streets": Column("Streets", "Streets that published map points in it are named after."),
    "easting_m": Column("Easting", "National Grid: distance east of its origin.", "m"),
    "northing_m": Column("Northing", "National Grid: distance north of its origin.", "m"),
    "cells": Column("Cells", "How many squares of the map.", "number"),
    "mark": Column("Mark", "What is special about it."),
    "stays": Column("Stays in", "In so many of 84 maps drawn another way it is still a top place.", "per cent of maps"),
    "residents": Column("Residents", "People who live there, of the area file's year.", "people"),
    # how many
    "count": Column("Recorded", "Incidents recorded there in the months shown.", "incidents"),
    "incidents": Column("Incidents", "How many were recorded.", "incidents"),
    "expected": Column("Expected", "How many incidents are to be expected there.", "incidents"),
    "part_percent": Column("Part of all", "Its part of the area's incidents, by past ones.", PERCENT),
    "rate_per_1000": Column("Rate", "Incidents a year for every 1,000 residents.", PER_1000),
    "per_km2_year": Column("Per km²", "Incidents a year around it, smoothed over near streets.", "per km² a year"),
    "last_12_months": Column("Past", "Incidents recorded in the last 12 months.", "incidents"),
    "more_than_chance": Column("More than chance", "Whether it stands out by more than chance."),
    "usual": Column("Usual", "What would be usual, from the months or days compared with.", "incidents"),
    "low": Column("From", LOW, TIMES),
    "high": Column("To", HIGH, TIMES),
    "p": Column("By chance", _ALONE, SHARE),
    "q": Column("By chance, all tried", _TRIED, SHARE),
    "ratio": Column("Times as many", "1 is as many, 1.1 is 10 % more.", TIMES),
    # when
    "year": Column("Year", "Calendar year.", ""),
    "month": Column("Month", "Year and month."),
    "months": Column("Months", "How many months, or which."),
    "date": Column("Date", "Day of the year."),
    "day": Column("Day", "Day of the year."),
    "weekday": Column("Weekday", "Day of the week."),
    "first": Column("From", "First day."),
    "last": Column("To", "Last day."),
    "hour": Column("Hour", "Hour of the day that starts then.", "0 to 23"),
    "what": Column("What", "What the row is about."),
    "season": Column("Season", "Whole calendar months, as in the area file."),
    # forecasts
    "low80": Column("From, 80 %", "In 80 of 100 cases it lies between this and the next column.", "incidents"),
    "high80": Column("To, 80 %", "In 80 of 100 cases it lies between the column before and this.", "incidents"),
    "low95": Column("From, 95 %", LOW, "incidents"),
    "high95": Column("To, 95 %", HIGH, "incidents"),
    # files
    "source": Column("Source", "Where it is from."),
    "force": Column("Force", "The police force that published it."),
    "feed": Column("Feed", "Name of a partner's own incidents."),
    "file": Column("File", "Name of the file that was loaded."),
    "release": Column("Release", "Archive it was published in; a later one may change earlier months."),
    "imported_at": Column("Loaded", "When it was loaded (UTC)."),
    "rows_read": Column("Read", "Rows of the file. Read = loaded + rejected + outside.", ROWS),
    "loaded": Column("Loaded", "Rows that are used.", ROWS),
    "in_area": Column("In the area", "Rows whose point lies in a ward.", ROWS),
    "buffer": Column("Around it", "Rows just outside: for edges of maps, in no total.", ROWS),
    "rejected": Column("Rejected", "Rows that cannot be used, each with its reason.", ROWS),
    "outside": Column("Outside", "Rows that lie too far away to be kept.", ROWS),
    "joined": Column("Joined", "Rows that are counted with another row of the same incident.", ROWS),
    "extra": Column("Counted beside", "Incidents beyond the first of rows that stand for several.", "incidents"),
    "replaced": Column("Replaced", "Months that were there before and are new now.", "months"),
    "used": Column("Used", "Whether it is used: no, where far fewer rows came than in the months around it."),
    "whole": Column("Whole", "Whether files cover every day of the month; only then it is used."),
    "status": Column("Status", "What became of the file."),
    "error": Column("Problem", "Why it could not be loaded."),
    "reason": Column("Reason", "Why the row cannot be used."),
    "advice": Column("What to do", "How to put it right."),
    "row": Column("Line", "Line of the file; the header is line 1.", ""),
    "rows": Column("Rows", "How many rows of the file.", ROWS),
    "column": Column("Column", "Column of the file."),
    "value": Column("Value", "What stands there."),
    "original": Column("As it was", "The whole row."),
    # plans
    "shift": Column("Shift", "When it starts."),
    "crew": Column("Crew", "Who goes together: a call sign or a role."),
    "stop": Column("Stop", "Order in which the crew goes.", ""),
    "time": Column("Time", "When the crew arrives."),
    "minutes": Column("Minutes", "How long the crew stays.", "minutes"),
    "Cells": Column("Cells", "Squares of the map, by grid reference or how many.", "number"),
    "Ward": Column("Ward", "The ward that it lies in."),
    "Shift": Column("Shift", "Day and hours."),
}

# Tables in which a name means something of its own.
OF_PAGES: dict[str, dict[str, Column]] = {
    "wards": {
        "asb": Column("ASB", "Incidents of anti-social behaviour in 12 months.", "incidents"),
        "asb_rate": Column("Per 1,000", "ASB incidents in 12 months for every 1,000 residents.", PER_1000),
        "asb_spread": Column("95 %", "Where the rate of another year lies in 95 of 100 cases."),
        "months": Column("12 months", "ASB by month, one scale for all wards.", "incidents"),
        "drugs": Column("Drugs", "Drug offences in 12 months.", "incidents"),
        "drugs_rate": Column("Per 1,000", "Drug offences in 12 months for every 1,000 residents.", PER_1000),
        "drugs_spread": Column("95 %", "Where the rate of another year lies in 95 of 100 cases."),
    },
    "trend": {"*": Column("", "{name}: recorded in the month. Empty: the month is not in the data.", "incidents")},
    "control": {
        "count": Column("Recorded", "Recorded in the month. Empty: the month is not in the data.", "incidents"),
        "usual": Column("Usual", "What is usual for this month of the year.", "incidents"),
        "low": Column("Lower limit", "A month below it is unusual.", "incidents"),
        "high": Column("Upper limit", "A month above it is unusual.", "incidents"),
        "judged": Column("Judged", "Whether the month is held against the limits, or they are made from it."),
        "rule": Column("Why marked", "Which rule the month breaks."),
    },
    "funnel": {
        "observed": Column("Recorded", "In the last 12 months.", "incidents"),
        "expected": Column("By residents", "What the area's rate would bring to so many residents.", "incidents"),
        "low95": Column("95 % from", _SIMILAR, PER_1000),
        "high95": Column("95 % to", _SIMILAR, PER_1000),
        "low998": Column("99.8 % from", "As for 95 %, for 998 of 1,000.", PER_1000),
        "high998": Column("99.8 % to", "As for 95 %, for 998 of 1,000.", PER_1000),
        "band": Column("Where it lies", "Within what chance alone allows for its size, or outside."),
    },
    "concentration": {
        "share": Column("Busiest", "The busiest part of them; 0.05 is 5 %.", SHARE),
        "units": Column("Those are", "How many cells or map points.", "number"),
        "observed": Column("They have", "Part of all incidents in them.", SHARE),
        "random": Column("By chance alone", "What they would have with incidents strewn by lot.", SHARE),
        "low": Column("By chance, from", "In 95 of 100 maps drawn by lot it lies between the two.", SHARE),
        "high": Column("By chance, to", "In 95 of 100 maps drawn by lot it lies between the two.", SHARE),
    },
    "change": {
        "name": Column("Where", "Ward, or cell by grid reference."),
        "before": Column("Before", "Recorded in the earlier months.", "incidents"),
        "after": Column("After", "Recorded in the months shown.", "incidents"),
        "ratio": Column("Change", "Its change against the whole area's: 1 is the same, 1.1 is 10 % more.", TIMES),
        "phi": Column("Months vary", "1: as by chance; 2: twice that. The dispersion.", "times chance"),
        "significant": Column("Clear", "Whether that is more than months vary by themselves."),
    },
    "capture": {
        "share": Column("Top", "The part of all cells that is looked at; 0.05 is 5 %.", SHARE),
        "months": Column("Tested", "Months that the map had not seen.", "months"),
        "hit_rate": Column("Caught", "Later incidents in those cells; 0.5 is half of them.", SHARE),
        "rival_hit_rate": Column(
            "By last 12 months", "The same, with the cells that were busiest in the last 12 months.", SHARE
        ),
        "pai": Column(
            "Better than by lot", "Times as many caught as by cells drawn by lot. The field calls it PAI.", TIMES
        ),
        "pei": Column(
            "Part of the best",
            "1: no choice of so many cells could catch more. The field calls it PEI.",
            SHARE,
        ),
    },
    "captured": {
        "top": Column("Top", "The part of all cells that is looked at."),
        "caught": Column("Caught", "Later incidents in those cells."),
        "rival": Column("Last 12 months", "The same, with the cells that were busiest in the last 12 months."),
        "pai": Column(
            "Better than by lot", "Times as many caught as by cells drawn by lot. The field calls it PAI.", TIMES
        ),
        "pei": Column(
            "Part of the best", "1: no choice of so many cells could catch more. The field calls it PEI.", "0 to 1"
        ),
        "window": Column("Year", "Year of the same months."),
        "incidents": Column("Recorded", "In those months.", "incidents"),
    },
    "years": {"*": Column("", "Incidents in {name}. Empty: the month is not in the data.", "incidents")},
    "calendar": {"*": Column("", "Incidents of the feed on {name}. Empty: not covered.", "incidents")},
    "clock": {"*": Column("", "Incidents of the feed in the hour from {name}:00.", "incidents")},
    "hours": {
        "incidents": Column("Incidents", "An incident known as a span of hours counts in parts.", "incidents"),
        "share": Column("Part of all", "Of the incidents of all hours.", PERCENT),
    },
    "index": {
        "index": Column(
            "Level", "Its incidents a day, where 100 is the average month: the seasonal index.", "average = 100"
        ),
        "low_95": Column("From", LOW, "average = 100"),
        "high_95": Column("To", HIGH, "average = 100"),
        "years": Column("Years", "How many years have the month.", "number"),
        "month": Column("Month", "Month of the year."),
    },
    "season": {
        "ratio": Column("Times usual", "Against an ordinary month, day for day.", TIMES),
        "route": Column("Range from", "Which of the two ways gave the wider range, which is shown."),
        "regression": Column("By all months", "From all months together: a negative binomial regression.", TIMES),
        "regression_low": Column("By all, from", LOW, TIMES),
        "regression_high": Column("By all, to", HIGH, TIMES),
        "years": Column("Year by year", "From each year by itself.", TIMES),
        "years_low": Column("By years, from", LOW, TIMES),
        "years_high": Column("By years, to", HIGH, TIMES),
        "years_seen": Column("Years", "Whole years that were seen.", "number"),
        "years_above": Column("Years above", "Years in which it was above an ordinary month.", "years"),
        "new_low": Column("A new year, from", "Where one new year may lie, in 95 of 100 cases.", TIMES),
        "new_high": Column("A new year, to", "Where one new year may lie, in 95 of 100 cases.", TIMES),
    },
    "ward_season": {
        "count": Column("In the season", "Recorded in these months of all years.", "incidents"),
        "shrunk": Column(
            "Times the rest",
            "Season here against the rest of the area; small wards lean on the others (shrunk).",
            TIMES,
        ),
        "shrunk_low": Column("From", LOW, TIMES),
        "shrunk_high": Column("To", HIGH, TIMES),
        "ratio": Column("By itself", "The same, of its own counts alone.", TIMES),
        "low": Column("By itself, from", LOW, TIMES),
        "high": Column("By itself, to", HIGH, TIMES),
    },
    "feed_days": {
        "count": Column("Incidents", "Of the feed on that day.", "incidents"),
        "in_window": Column("In the days", "Whether the day is one of those asked for."),
        "mark": Column("Day", "Name of a special day."),
    },
    "feed_windows": {
        "count": Column("Incidents", "Of the feed in these days.", "incidents"),
        "usual": Column("Usual", "What the weeks around lead to expect.", "incidents"),
        "ratio": Column("Times usual", "Against the weeks around.", TIMES),
        "interval_from": Column("Range by", "How the range was found."),
        "standing": Column("Stands", "Where it stands among days like it."),
    },
    "path": {
        "month": Column("12 months to", "Last month of the 12."),
        "total_12_months": Column("Total", "Of 12 months. Empty: one of them is not in the data.", "incidents"),
        "path": Column("Path", "Where a straight line to the target would be.", "incidents"),
    },
    "target": {
        "months": Column("Months", "First to last."),
        "against": Column("Held against", "What the count is compared with."),
        "those": Column("That is", "What it is compared with.", "incidents"),
        "difference_percent": Column("More or less", "Above 0: more.", PERCENT),
        "low_percent": Column("From", LOW, PERCENT),
        "high_percent": Column("To", HIGH, PERCENT),
    },
    "priority": {
        "crime_type": Column("Crime type", "As the police record it."),
        "months": Column("Compared", "Months that are there in both years.", "months"),
        "last": Column("Last 12 months", "Recorded in those months.", "incidents"),
        "before": Column("12 before", "Recorded in the same months a year before.", "incidents"),
        "change_percent": Column("Change", "Against the year before.", PERCENT),
        "low_percent": Column("From", LOW, PERCENT),
        "high_percent": Column("To", HIGH, PERCENT),
    },
    "outcomes": {
        "outcome": Column("Outcome", "What the plan wants to change."),
        "figure": Column("Figure", "As it was typed; the unit stands beside it."),
        "unit": Column("Unit", "What the figure counts."),
        "as_of": Column("As of", "Day that the figure speaks of."),
        "source": Column("Source", "Record or report it is from."),
        "what_counts": Column("What counts", "What is in the figure, and what is not."),
        "saved": Column("Saved", "When it was typed."),
    },
    "hot_cells": {"mark": Column("◆", "More than chance in the period.")},
    "neighbourhoods": {
        "neighbourhood": Column("Neighbourhood", "One of some 1,500 residents, by its published name (LSOA)."),
        "ward": Column("Ward", "The ward that most of it lies in."),
        "asb": Column("ASB", "Incidents of anti-social behaviour in 12 months.", "incidents"),
        "asb_rate": Column("Per 1,000", _LEANS, PER_1000),
        "asb_spread": Column("95 %", "Where the rate of another year lies in 95 of 100 cases."),
        "drugs": Column("Drugs", "Drug offences in 12 months.", "incidents"),
        "drugs_rate": Column("Per 1,000", _LEANS, PER_1000),
        "drugs_spread": Column("95 %", "Where the rate of another year lies in 95 of 100 cases."),
        "deprivation": Column(
            "Deprived",
            "Tenth of England's neighbourhoods: 1 is the most deprived. Of the place, not its people.",
            "1 to 10",
        ),
    },
    "hot_neighbourhoods": {
        "lsoa_name": Column("Neighbourhood", "One of some 1,500 residents, by its published name (LSOA)."),
        "ward": Column("Ward", "The ward that most of it lies in."),
        "rate_per_1000": Column("Per 1,000", _LEANS, PER_1000),
        "mark": Column("▲▼", _AGAINST),
        "low": Column("95 % from", "Where the rate of another such time lies in 95 of 100 cases.", PER_1000),
        "high": Column("to", "Where the rate of another such time lies in 95 of 100 cases.", PER_1000),
    },
    "hot_wards": {
        "count": Column("Recorded", "In the months shown.", "incidents"),
        "low": Column("From", LOW, PER_1000),
        "high": Column("To", HIGH, PER_1000),
    },
}
