"""What words of partners' files mean, in one table with its sources: never a narrower kind than the word says."""

from __future__ import annotations

import re
from typing import NamedTuple

from data.feed.mapping import FIRES, LEFT_OUT, VALUED
from data.kinds.crime_types import ASB, DRUGS

# Where the meaning of a word stands.
SOURCES: dict[str, str] = {
    "plan": "the kinds that the partnership's plan names",
    "NSIR": "National Standard for Incident Recording: the categories of ASB in use until 2011, which councils and "
    "police still record by, and the three national types since",
    "typology": "Home Office, Development and Practice Report 26: Defining and measuring anti-social behaviour, 2004",
    "fire": "Home Office, Fire statistics: definitions of the Incident Recording System (primary, secondary and "
    "chimney fires; deliberate, accidental; false alarms; special services)",
    "police.uk": "crime types of data.police.uk and what each of them counts",
    "own": "of this project: what stands in a column of kinds and is no incident",
}


class Entry(NamedTuple):
    """What words of one meaning are, as far as they say it.

    ``kind`` and ``category`` are ours; empty where the word has a meaning and is too general for any of ours, None
    where it says nothing of that. ``may_be`` lists what a word too general for one of ours may stand for.
    """

    pattern: str
    kind: str | None
    category: str | None
    source: str
    examples: tuple[str, ...]
    may_be: tuple[str, ...] = ()


_DELIBERATE = r"^(?!.*\b(?:non|not) deliberate)(?=.*\b(?:deliberate(?:ly)?|arson)\b)"
_FIRE = r"(?=.*\b(?:fires?|arson)\b)"
_BIKES = r"motor ?(?:bike|cycle|cyclist)|mopeds?|mini ?motos?|quad|scooter|\be ?bikes?|\be ?scooter"
_VEHICLE = rf"(?:vehicles?|vehicular|\bcars?\b|\bbikes?\b|{_BIKES})"
_MISUSED = "(?:nuisance|annoy|inappropriate|anti ?social|misuse|inconsiderate|racing|speeding)"
_NOT_RIDDEN = r"^(?!.*(?:theft|stolen|stole|collision|accident|\brtc\b|crime|damage))"
_DAMAGE, _VEHICLES, _RUBBISH = "Criminal damage and arson", "vehicle nuisance", "littering and drugs paraphernalia"
_ROWDY, _NEIGHBOURS = "rowdy and inconsiderate behaviour", "rowdy or nuisance neighbour"

# The first that fits counts. Hyphens, slashes and brackets of a word are read as blanks.
TABLE: tuple[Entry, ...] = (
    # --- no incidents ---------------------------------------------------------------------------------------------
    Entry(
        r"\bfalse (?:fire )?(?:alarm|call)|\bafas?\b|automatic (?:fire )?(?:alarm|detection)|unwanted fire|\bufas\b|"
        r"\bgood intent",
        LEFT_OUT, LEFT_OUT, "fire",
        ("False Alarm", "AFA", "False alarm - Good intent", "False alarm - Malicious", "Automatic Fire Alarm", "UFAS"),
    ),
    Entry(
        r"\bspecial services?\b|\bnon fire incident|\blift release|\b(?:effecting|gain(?:ing)?) entry|"
        r"\banimal (?:rescue|assistance)|\b(?:water|rope) rescue|^rtc\b|\broad traffic (?:collision|accident)|"
        r"\bassist(?:ing|ance to)? (?:the )?(?:police|ambulance|other agenc)|\bspills? (?:and|or) leaks?",
        LEFT_OUT, LEFT_OUT, "fire",
        ("Special Service", "Special services", "Non-fire incident", "Lift Release", "Effecting entry/exit",
         "Animal assistance incidents", "RTC", "Assist other agencies", "Spills and Leaks (not RTC)"),
    ),
    Entry(
        r"^tests?$|\btest (?:call|incident|record|entry|case|log|data)|^(?:training|exercise|training exercise)$",
        LEFT_OUT, LEFT_OUT, "own", ("Test call", "TEST", "Test incident", "Training exercise"),
    ),
    Entry(
        r"^duplicates?(?: (?:call|record|entry|report|log|incident|case))?$|^(?:cancel?led|void(?:ed)?)$|"
        r"\b(?:created|entered|recorded|logged) in error\b",
        LEFT_OUT, LEFT_OUT, "own", ("Duplicate", "Duplicate call", "Cancelled", "Void", "Created in error"),
    ),
    Entry(
        r"^(?:(?:sub|grand|overall) ?)?totals?\b", LEFT_OUT, LEFT_OUT, "own", ("Total", "Grand total", "Subtotal"),
    ),
    # --- crime types ----------------------------------------------------------------------------------------------
    Entry(r"\banti ?social|\basb\b", None, ASB, "police.uk", ("Anti-social behaviour", "ASB", "Antisocial")),
    Entry(
        r"^(?!.*(?:vandal|damage)).*(?:graffiti|\btagging\b)", "graffiti", _DAMAGE, "typology",
        ("Graffiti", "Graffiti - offensive", "Tagging"),
    ),
    Entry(
        r"criminal damage|vandal", "", _DAMAGE, "police.uk",
        ("Criminal damage", "Vandalism", "Criminal damage and arson"),
    ),
    Entry(
        r"(?<!motor )\b(?:bi|pedal )?(?:cycle|bike) theft|theft of (?:an? )?(?:pedal )?(?:bi)?cycle|stolen "
        r"(?:pedal |bi)cycle|stolen bike",
        "", "Bicycle theft", "police.uk", ("Bicycle theft", "Bike theft", "Theft of pedal cycle"),
    ),
    Entry(r"burglar", None, "Burglary", "police.uk", ("Burglary", "Burglary - residential")),
    Entry(r"robber", None, "Robbery", "police.uk", ("Robbery", "Attempted robbery")),
    Entry(
        r"public disorder and weapons", None, "", "police.uk", ("Public disorder and weapons",),
        ("Possession of weapons", "Public order"),
    ),
    Entry(
        r"\bweapons?\b|possession of .*(?:kni(?:fe|ves)|blade|firearm)", None, "Possession of weapons", "police.uk",
        ("Weapons", "Possession of an offensive weapon", "Possession of a bladed article"),
    ),
    Entry(
        r"kni(?:fe|ves)|\bguns?\b|firearm", None, "", "police.uk", ("Knife crime", "Firearms"),
        ("Possession of weapons", "Robbery", "Violence and sexual offences"),
    ),
    Entry(r"shoplift", None, "Shoplifting", "police.uk", ("Shoplifting", "Shoplifter")),
    Entry(
        r"theft from (?:the )?person|pick ?pocket", None, "Theft from the person", "police.uk",
        ("Theft from the person", "Pickpocketing"),
    ),
    Entry(
        r"abandon\w* (?:motor )?(?:vehicle|car|van|bike)|(?:vehicle|car|van)s? (?:\w+ )?abandon", "abandoned vehicles",
        ASB, "NSIR", ("Abandoned vehicle", "Vehicle abandoned (not stolen)", "Abandoned cars"),
    ),
    Entry(
        rf"vehicle (?:crime|theft|interference)|(?:theft|stolen).*{_VEHICLE}|{_VEHICLE}.*(?:theft|stolen)|\btwoc\b",
        "", "Vehicle crime", "police.uk", ("Vehicle crime", "Theft from vehicle", "Theft of motor vehicle", "TWOC"),
    ),
    Entry(r"public order|affray", None, "Public order", "police.uk", ("Public order", "Affray")),
    Entry(
        r"violen|assault|sexual|harass|stalk", None, "Violence and sexual offences", "police.uk",
        ("Violence against the person", "Assault", "Sexual offences", "Harassment", "Stalking"),
    ),
    Entry(
        r"other theft|theft other|making off|blackmail|theft by (?:an )?employee", "", "Other theft", "police.uk",
        ("Other theft", "Theft - other", "Making off without payment"),
    ),
    Entry(
        r"theft|stolen|steal", "", "", "police.uk", ("Theft", "Stolen goods"),
        ("Bicycle theft", "Other theft", "Shoplifting", "Theft from the person", "Vehicle crime"),
    ),
    # --- fires ----------------------------------------------------------------------------------------------------
    Entry(
        r"\bfire (?:alarm|hydrant|door|safety|extinguisher|escape|risk)", "", "", "own",
        ("Fire hydrant", "Fire safety"),
    ),
    Entry(
        rf"{_DELIBERATE}{_FIRE}(?=.*\bsecondary\b)", FIRES, None, "plan",
        ("Deliberate secondary fire", "Secondary fire - deliberate", "Deliberate Secondary Fires"),
    ),
    Entry(
        rf"{_DELIBERATE}{_FIRE}(?=.*\bprimary\b)", "deliberate primary fires", None, "fire",
        ("Deliberate primary fire", "Primary fires (deliberate)"),
    ),
    Entry(r"\barson\b", "deliberate fires", _DAMAGE, "police.uk", ("Arson", "Arson not endangering life")),
    Entry(
        rf"{_DELIBERATE}{_FIRE}", "deliberate fires", "", "fire",
        ("Deliberate fire", "Deliberate refuse fire", "Fire - deliberate", "Deliberate vehicle fire"),
        (_DAMAGE, ASB),
    ),
    Entry(
        r"\baccidental\b.*\bfires?\b|\bfires?\b.*\baccidental\b", "accidental fires", "", "fire",
        ("Accidental dwelling fire", "Accidental fire", "Secondary fire - accidental"),
    ),
    Entry(r"\bchimney\b", "chimney fires", "", "fire", ("Chimney Fire", "Fire in chimney")),
    Entry(
        r"\bsecondary fires?\b|\bfires?\b.*\bsecondary\b", "secondary fires", "", "fire",
        ("Secondary Fire", "Fire - secondary"), (FIRES,),
    ),
    Entry(
        r"\bprimary fires?\b|\bfires?\b.*\bprimary\b", "primary fires", "", "fire", ("Primary Fire", "Fire: primary"),
        ("deliberate primary fires",),
    ),
    Entry(
        r"\bfires?\b(?! (?:and rescue )?(?:service|brigade|authority|station))|\bbonfires?\b|\bburning\b|\bablaze\b",
        "fires", "", "fire",
        ("Fire", "Fires", "Outdoor fire", "Refuse fire", "Vehicle fire", "Bonfire", "Garden bonfire",
         "Burning rubbish"),
        (FIRES, "deliberate fires", "accidental fires"),
    ),
    # --- anti-social behaviour ------------------------------------------------------------------------------------
    Entry(
        r"firework|\bbangers?\b|\brockets?\b", "misuse of fireworks", ASB, "NSIR",
        ("Fireworks", "Inappropriate use of fireworks", "Bangers"),
    ),
    Entry(
        r"nuisance (?:phone )?(?:calls?\b|comm)|\bhoax|malicious (?:calls?\b|comm)|silent calls?\b", "nuisance calls",
        ASB, "NSIR", ("Nuisance calls", "Malicious/nuisance communications", "Hoax call to emergency services"),
    ),
    Entry(
        r"\bneighbou?rs?\b", _NEIGHBOURS, ASB, "NSIR",
        ("Nuisance neighbour", "Neighbours", "Rowdy/nuisance neighbours", "Neighbor nuisance"),
    ),
    Entry(r"trespass", "trespass", ASB, "NSIR", ("Trespass", "Trespassing on land")),
    Entry(
        r"street drink|(?:drink(?:ing|ers?)|alcohol) (?:in|on) (?:the |a )?(?:street|public|park|road)|public drinking",
        "street drinking", ASB, "NSIR", ("Street drinking", "Street drinkers", "Drinking in public"),
    ),
    Entry(
        r"\bdrink|alcohol|licen[cs]ed premises", "", "", "typology",
        ("Alcohol", "Alcohol related", "Underage drinking"),
        ("street drinking", _ROWDY),
    ),
    Entry(
        r"(?:missed|bin|waste|refuse|rubbish|recycling|litter) (?:bins?\b|collections?)|street clean|bulky",
        "", "", "own",
        ("Missed bin collection", "Litter bin", "Bulky waste", "Street cleansing"),
    ),
    Entry(
        r"litter|paraphernalia|\bneedles?\b|syringe|\bsharps\b|fly ?tip|rubbish|\bdump(?:ed|ing)\b|fly ?post", _RUBBISH,
        ASB, "typology",
        ("Litter", "Drug paraphernalia", "Needles", "Discarded syringes", "Fly tipping", "Fly-tipping", "Flytipping",
         "Rubbish", "Dumped waste", "Fly posting", "Rubbish dumped"),
    ),
    Entry(
        r"\bwaste\b|\benvironmental damage", "", "", "own", ("Waste", "Waste enquiry", "Environmental damage"),
        (_RUBBISH, "graffiti"),
    ),
    Entry(
        rf"{_NOT_RIDDEN}(?:.*{_MISUSED}.*{_VEHICLE}|.*{_VEHICLE}.*{_MISUSED}|.*off ?road|.*joy ?rid|"
        rf".*\bracing\b|.*racers?\b|.*car cruis|.*(?:{_BIKES}))",
        _VEHICLES, ASB, "NSIR",
        ("Vehicle nuisance", "Nuisance vehicle", "Vehicle nuisance / off-road bikes", "Off-road motorbikes",
         "Quad bikes", "Inappropriate use of vehicles", "E-scooters", "Joyriding", "Street racing", "Mini motos"),
    ),
    Entry(
        r"\bvehic|\bcars?\b|parking|obstruct", "", "", "typology",
        ("Vehicle", "Vehicles", "Road Vehicle", "Parking", "Obstruction"), (_VEHICLES, "abandoned vehicles"),
    ),
    Entry(
        r"\bnois[ey]|\bloud\b|\bmusic\b", "noise", ASB, "NSIR",
        ("Noise", "Noisy party", "Loud music", "Noise - barking dog", "Noise nuisance"),
    ),
    Entry(
        r"\banimals?\b|\bdogs?\b|fouling|barking|\bhorses?\b|livestock|\bpets?\b", "animal problems", ASB, "NSIR",
        ("Animal problems", "Dogs", "Dog fouling", "Dangerous dog", "Barking", "Loose horses"),
    ),
    Entry(
        r"\bbegg(?:ing|ars?)|vagran", "begging or vagrancy", ASB, "NSIR", ("Begging", "Begging / vagrancy", "Vagrancy"),
    ),
    Entry(
        r"prostitut|kerb ?crawl", "prostitution related activity", ASB, "NSIR",
        ("Prostitution related activity", "Kerb crawling"),
    ),
    Entry(
        r"\bdrugs?\b", None, DRUGS, "police.uk", ("Drugs", "Drug dealing", "Drug use"), (_RUBBISH,),
    ),
    Entry(
        r"rowdy|inconsiderate|drunk|loiter|gathering|congregat|hooligan|"
        r"\b(?:youth|teenage|juvenile)s? (?:disorder|nuisance)|nuisance (?:behaviour|youth|gang|group)",
        _ROWDY, ASB, "NSIR",
        ("Rowdy or inconsiderate behaviour", "Rowdy youths", "Drunken behaviour", "Nuisance youths", "Loitering",
         "Youths congregating", "Youth disorder"),
    ),
    Entry(
        r"\byouth|\bteenage|\byoung people|juvenile|disorder|\bnuisance\b", "", "", "typology",
        ("Youths", "Youth related", "Young people", "Disorder", "Public disorder", "Nuisance"),
        (_ROWDY, "street drinking", "Public order"),
    ),
)  # fmt: skip
# Each kind with those that are wider: a word for one of these must never become it.
WIDER: dict[str, tuple[str, ...]] = {
    FIRES: ("fires", "secondary fires", "deliberate fires"),
    "deliberate primary fires": ("fires", "primary fires", "deliberate fires"),
    **dict.fromkeys(
        ("primary fires", "secondary fires", "chimney fires", "deliberate fires", "accidental fires"), ("fires",)
    ),
}
FIRE_KINDS = frozenset({"fires", *WIDER})
_COMPILED = tuple(re.compile(entry.pattern) for entry in TABLE)
# Words that stand alone in a column of a fire service: each says something only beside another of its group.
_ALONE = (frozenset({"primary", "secondary", "chimney"}), frozenset({"deliberate", "accidental"}))
_OWN = {target: {ours.casefold(): ours for ours in names} for target, names in VALUED.items()}


_PARTED = re.compile(r"\s*(?:/|,|&|\+|\band\b|\bor\b)\s*")
_ONE_NAME = re.compile(
    r"^rowdy\b.*(?:neighbou?r|litter)|^abandoned vehicles? not stolen"
)  # categories of the standard that are named by two words


def folded(word: str) -> str:
    """Give a word in small letters, its marks read as blanks."""
    return " ".join(re.sub(r"[^\w' ]|_", " ", word.lower()).split())


def meaning(target: str, word: str, beside: frozenset[str] = frozenset()) -> str:
    """Ours for a word of a file, ``"leave out"`` for what is no incident; empty where it does not say.

    Parameters
    ----------
    target : {"category", "subcategory"}
    word : str
    beside : frozenset of str
        All words of its column, folded: "Deliberate" alone is a fire's only beside "Accidental".

    Notes
    -----
    A word that names two things ("Noise and litter") is neither of them, unless one is the wider of the two.
    """
    text = " ".join(word.casefold().split())
    if text in _OWN[target]:
        return _OWN[target][text]
    entry = entry_of(target, word, beside)
    if entry is None:
        return ""
    found = _ours(target, entry)
    parts = _PARTED.split(text)
    if len(parts) < 2 or _ONE_NAME.search(folded(text)):
        return found
    named = {_ours(target, each) for part in parts if part and (each := entry_of(target, part, beside)) is not None}
    named.add(found)
    widest = [one for one in named if all(one == other or one in WIDER.get(other, ()) for other in named)]
    return widest[0] if widest else ""


def _ours(target: str, entry: Entry) -> str:
    return (entry.category if target == "category" else entry.kind) or ""


def entry_of(target: str, word: str, beside: frozenset[str] = frozenset()) -> Entry | None:
    """Give the line of the table by which a word is known for a target; None where there is none."""
    text = folded(word)
    if any(text in group and len(group & beside) > 1 for group in _ALONE):
        text = f"{text} fire"
    for entry, pattern in zip(TABLE, _COMPILED, strict=True):
        if (entry.category if target == "category" else entry.kind) is not None and pattern.search(text):
            return entry
    return None
