"""The columns of tables of one's own work: plans, operations that were run, files that were loaded, a briefing."""

from __future__ import annotations

from pages.ui.shell.column import HIGH, LOW, PERCENT, ROWS, SHARE, TIMES, Column

_OWN = "Recorded in the cells that were visited or chosen."
_LIKE = "Recorded in squares elsewhere that were most like these cells before. They show what was to come."
_AS_BEFORE = "With nothing planned, 95 of 100 such counts lie between the two."

OF_WORK: dict[str, dict[str, Column]] = {
    "plan_hours": {"*": Column("", "Part of the operation's incidents in the hour from {name}:00.", "in 1,000")},
    "window": {
        "incidents": Column("Incidents", "The days' share of whole months.", "incidents"),
        "missing": Column("Missing", "Months that are not in the data."),
    },
    "plan_wards": {
        "interval_80": Column("80 %", "Incidents: in 80 of 100 cases it lies in this range."),
        "interval_95": Column("95 %", "Incidents: in 95 of 100 cases it lies in this range."),
        "came": Column("Came", "What was recorded in these days since.", "incidents"),
        "within_80": Column("In 80 %", "Whether what came lies in the 80 % range."),
        "expected": Column("Expected", "In the days of the operation.", "incidents"),
    },
    "nights": {
        "share": Column("Part of all", "Part of the operation's incidents; 0.1 is a tenth.", SHARE),
        "expected": Column("Expected", "If it follows the feed.", "incidents"),
        "weekday_times": Column("Weekday", "Against an ordinary day, by its day of the week.", TIMES),
        "night_times": Column("Night", "Against an ordinary day, by its name.", TIMES),
        "low": Column("Night, from", LOW, TIMES),
        "high": Column("Night, to", HIGH, TIMES),
        "past": Column("Past", "Incidents of the feed on that day in past years.", "incidents"),
        "past_usual": Column("Past usual", "What the days around led to expect.", "incidents"),
        "mark": Column("Night of", "Name of a special night."),
    },
    "plan_calendar": {
        "night": Column("Night", "A night with a name, such as Halloween."),
        "no_school": Column("No school", "Why there is no school. “Assumed”: not published yet."),
        "bank_holiday": Column("Bank holiday", "Its name."),
        "nearest_weekend": Column("Weekend nearest to", "Of what the weekend is the nearest."),
    },
    "covered": {
        "expected_in_cells_visited": Column("Expected there", "In the cells visited.", "incidents"),
        "share_of_expected": Column("Part of all", "Of what is expected in all; 0.1 is a tenth.", SHARE),
        "part_of_area": Column("Part of all", "Of the area's past incidents; 0.1 is a tenth.", SHARE),
    },
    "saved": {
        "Title": Column("Title", "As it was typed."),
        "Operation": Column("Operation", "Of the area file, or own dates."),
        "Days": Column("Days", "First to last."),
        "Status": Column("Status", "Draft, run or archived."),
        "Revisions": Column("Revisions", "How often it was saved.", "number"),
        "Saved": Column("Saved", "When it was saved last."),
        "Simulated": Column("Simulated", "Whether it was made on simulated incidents."),
        "Crew": Column("Crew", "Who goes together: a call sign or a role."),
        "Who": Column("Who", "Officers, and how they travel."),
        "Base": Column("Base", "Where the crew starts and ends."),
        "Places": Column("Places", "Numbers of the places, in order."),
        "Visits": Column("Visits", "Stops of the crew.", "number"),
        "Expected there": Column("Expected there", "In the cells visited during the shift.", "incidents"),
        "Place": Column("#", "Number of the place on the map.", ""),
        "Name": Column("Place", "Named after its busiest street."),
        "Grid reference": Column("Grid ref", "National Grid reference of its middle."),
        "Expected": Column("Expected", "In the days of the operation.", "incidents"),
        "Part of all": Column("Part of all", "Of the area's past incidents."),
        "Marked": Column("Marked", "Pinned: it must be visited. Left out: it may not be."),
        "Ran": Column("Ran", "Whether the shift took place."),
        "Patrol-hours": Column("Done", "Crews times hours that were really done.", "patrol-hours"),
        "Planned": Column("Planned", "Crews times hours of the plan.", "patrol-hours"),
        "Cells visited": Column("Visited", "Squares of the map that were really visited.", "cells"),
        "Remark": Column("Remark", "As it was typed."),
    },
    "revisions": {
        "old_name": Column("Was", "Name of the file before."),
        "new_name": Column("Is", "Name of the file now."),
        "before": Column("Before", "Rows of the month before.", ROWS),
        "after": Column("After", "Rows of the month now.", ROWS),
        "added": Column("Added", "Crimes that are new.", ROWS),
        "gone": Column("Gone", "Crimes that are no longer there.", ROWS),
        "outcome_changed": Column("Outcome changed", "Crimes with another outcome.", ROWS),
        "added_without_id": Column("Added, no number", "Rows that are new, of kinds without a number.", ROWS),
        "gone_without_id": Column("Gone, no number", "Rows that are gone, of kinds without a number.", ROWS),
    },
    "loading": {"rows read": Column("Read", "Rows of the file. Read = loaded + rejected + outside.", ROWS)},
    "feed_columns": {
        "becomes": Column("Becomes", "What it is taken for, or why it is left out."),
        "some values": Column("Some values", "As they stand in the file."),
    },
    "feed_words": {
        "word": Column("Word", "As it stands in the file."),
        "is": Column("Means", "What it stands for here; empty: nothing."),
    },
    "false-alarms": {
        "category": Column("Crime type", "As the police record it."),
        "test": Column("Check", "Which test was tried. Its method stands under Methods."),
        "unit": Column("Of", "What it was tried on."),
        "level": Column("Allowed", "How often it may be wrong; 0.05 is 5 in 100.", SHARE),
        "rejected": Column("Alarms", "How often it saw something where nothing was.", "number"),
        "trials": Column("Tries", "How often it was tried.", "number"),
        "share rejected": Column("False alarms", "Alarms for each try.", SHARE),
    },
    "skill": {
        "category": Column("Crime type", "As the police record it."),
        "figure": Column("Result", "How well it did."),
        "targets": Column("Tried on", "Months that it had not seen.", "number"),
    },
    "briefing": {
        "figure": Column("Figure", "What the headline is about."),
        "value": Column("Value", "The headline."),
        "change": Column("Change", "Against the year before."),
        "what_to_make_of_it": Column("What to make of it", "How sure that is."),
        "starts": Column("Starts", "Day and time."),
        "ends": Column("Ends", "Day and time."),
        "patrols": Column("Patrols", "Crews that are out.", "number"),
        "visits": Column("Visits", "Stops of all crews.", "number"),
        "expected": Column("Expected", "In the window or the shift.", "incidents"),
        "covered": Column("Covered", "Expected in the cells that crews visit; never prevented.", "incidents"),
        "incidents_12_months": Column("Past", "Recorded in the months shown.", "incidents"),
        "stays_share": Column("Stays in", "Part of 84 maps drawn another way that have it on top.", SHARE),
        "pinned": Column("Must be visited", "Whether a patrol must go there."),
        "left_out": Column("Left out", "Whether none may go there."),
    },
    "did_cells": {
        "area": Column("Which", "Which of the three outlines of the map it lies in."),
        "recorded": Column("Recorded", "Recorded in the months judged.", "incidents"),
    },
    "squares": {
        "square": Column("Square of 1 km", "Grid reference of its south-west corner."),
        "cells": Column("Cells", "How many cells of the map lie in the square.", "number"),
        "level": Column("Incidents", "Recorded before, on average.", "a cell and month"),
        "trend": Column("Last year", "Times the year before: 1 is no change, 1.1 is 10 % more.", TIMES),
        "distance": Column(
            "Unlike by", "How far its past lies from that of the cells judged; the usual distance is 1.", "0: alike"
        ),
        "chosen": Column("Proposed", "Whether it was proposed as a place like it."),
    },
    "did_before": {
        "months": Column("Months", "First the months judged, then the same of other years."),
        "treated": Column("Where you went", _OWN, "incidents"),
        "comparison": Column("Places like it", _LIKE, "incidents"),
    },
    "did_months": {
        "Operation": Column("Where you went", _OWN, "incidents"),
        "Comparison": Column("Places like it", _LIKE, "incidents"),
    },
    "verdicts": {
        "area": Column("Where", "Which of the outlines of the map."),
        "verdict": Column("Verdict", "Against places like it. “Cannot tell” is not “no change”."),
        "recorded": Column("Recorded", "In the months judged.", "incidents"),
        "expected": Column("Expected", "Had it gone on as before, and changed as places like it did.", "incidents"),
        "usual_from": Column("Usual from", _AS_BEFORE, "incidents"),
        "usual_to": Column("Usual to", _AS_BEFORE, "incidents"),
        "ratio": Column("Recorded", "1 is as expected, 0.8 is a fifth less.", "times expected"),
        "ratio_low": Column("From", LOW, "times expected"),
        "ratio_high": Column("To", HIGH, "times expected"),
        "smallest_fall_percent": Column("Smallest fall seen", "A smaller one would mostly go unseen.", PERCENT),
        "smallest_rise_percent": Column("Smallest rise seen", "A smaller one would mostly go unseen.", PERCENT),
    },
    "visits": {"expected": Column("Expected", "In the cell, during the visit's shift.", "incidents")},
}
